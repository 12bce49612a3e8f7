import { poolByTaps } from '@ds/kernels';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

describe.skipIf(lacksWebGpu)('a cast to float32 on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it.each(['int32', 'bool'] as const)('of %s is read as floats by every program', (dtype) => {
    tf.tidy(() => {
      // A program makes x, so its values are on the device.
      const whole = tf.transpose(tf.tensor([1, 0, 1, 1], [1, 2, 2, 1], dtype), [0, 1, 3, 2]);
      const x = tf.cast(tf.reshape(whole, [1, 2, 2, 1]), 'float32') as tf.Tensor4D;
      expect(x.dtype).toBe('float32');
      expect(x.dataSync()).toEqual(Float32Array.of(1, 0, 1, 1));
      // A program of this package, and one of tfjs.
      const taps = [
        [
          { index: 0, weight: 0.5 },
          { index: 1, weight: 1 },
        ],
      ];
      expect([...poolByTaps(x, taps, taps).dataSync()]).toEqual([1.75]);
      expect([...tf.transpose(x, [3, 2, 1, 0]).dataSync()]).toEqual([1, 1, 0, 1]);
    });
  });

  it.each(['int32', 'bool'] as const)('of %s on the host stays there', (dtype) => {
    tf.tidy(() => {
      const x = tf.cast(tf.tensor1d([1, 0, 1], dtype), 'float32');
      const { tensorMap } = tf.backend() as unknown as {
        tensorMap: { get(id: object): { resource?: object | null } };
      };
      expect(tensorMap.get(x.dataId).resource ?? null).toBeNull();
      expect([x.dtype, ...x.dataSync()]).toEqual(['float32', 1, 0, 1]);
      expect([...tf.add(x, tf.scalar(0.5)).dataSync()]).toEqual([1.5, 0.5, 1.5]);
    });
  });

  it('of no values has none', () => {
    tf.tidy(() => {
      const x = tf.cast(tf.zeros([0, 3], 'int32'), 'float32');
      expect([x.shape, x.dtype, x.dataSync().length]).toEqual([[0, 3], 'float32', 0]);
    });
  });
});
