import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussianMask, keptIndices, rampMask, rampValue, sigmoidMask } from '../src/index.js';

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is 1 up to the threshold, a ramp over the smoothness, and 0 beyond', () => {
    tf.tidy(() => {
      const mask = rampMask(tf.range(0, 9), 2.5, 4);
      expect([...mask.dataSync()]).toEqual([1, 1, 1, 0.875, 0.625, 0.375, 0.125, 0, 0]);
      expect(keptIndices(mask as tf.Tensor1D)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    });
  });

  it('is a hard crop with gradient 0 at smoothness 0', () => {
    tf.tidy(() => {
      const positions = tf.range(0, 4);
      expect([...rampMask(positions, 2, 0).dataSync()]).toEqual([1, 1, 0, 0]);
      const slope = tf.grad((z) => tf.sum(rampMask(positions, z, 0)))(tf.scalar(2));
      expect(Math.abs(slope.dataSync()[0]!)).toBe(0);
    });
  });

  it('broadcasts one threshold per head against positions', () => {
    tf.tidy(() => {
      const mask = rampMask(tf.range(0, 3), tf.tensor2d([[0], [1]]), 2);
      expect(mask.arraySync()).toEqual([
        [1, 0.5, 0],
        [1, 1, 0.5],
      ]);
    });
  });

  it('passes the gradient at exactly 0 and exactly 1', () => {
    tf.tidy(() => {
      // z = 1, R = 2: positions 1 (mask 1), 2 (½), 3 (0) each contribute 1/R.
      const slope = tf.grad((z) => tf.sum(rampMask(tf.range(0, 5), z, 2)))(tf.scalar(1));
      expect(slope.dataSync()[0]).toBe(1.5);
    });
  });

  it('has the gradient of finite differences off the kinks', () => {
    tf.tidy(() => {
      const op = (x: tf.Tensor, z: tf.Tensor) => rampMask(x, z, 3);
      const inputs = [tf.tensor1d([0, 1.2, 2.3, 4.1, 6]), tf.scalar(1.7)];
      for (const error of gradientErrors(op as never, inputs, [0.1, 0.1])) {
        expect(error).toBeLessThan(1e-5);
      }
    });
  });

  it('is exact on a short ramp far from 0', () => {
    tf.tidy(() => {
      // z − x is exact for close numbers, and the quotient of equal numbers is 1.
      const positions = [998, 1000, 1000.0625, 1000.125, 1001];
      const mask = (smoothness: number) => [
        ...rampMask(tf.tensor1d(positions), 1000, smoothness).dataSync(),
      ];
      expect(mask(0.125)).toEqual([1, 1, 0.5, 0, 0]);
      expect(mask(0.1).slice(0, 2)).toEqual([1, 1]);
      expect(mask(0.1)[2]).toBeCloseTo(1 - 0.0625 / 0.1, 6);
    });
  });

  it('is 1 up to the threshold for a smoothness below every float32', () => {
    tf.tidy(() => {
      expect([...rampMask(tf.tensor1d([1, 2, 3]), 2, 1e-60).dataSync()]).toEqual([1, 1, 0]);
    });
  });

  it('has the values of rampValue', () => {
    tf.tidy(() => {
      for (const smoothness of [0, 0.1, 1 / 3, 4]) {
        for (const threshold of [2, 3.3, 5 + 2 ** -30, 7.999999]) {
          const want = Array.from({ length: 12 }, (_, x) => rampValue(x, threshold, smoothness));
          const got = [...rampMask(tf.range(0, 12), threshold, smoothness).dataSync()];
          // A GPU may round a quotient differently.
          if (backend === 'webgpu') {
            got.forEach((m, x) => {
              expect(m).toBeCloseTo(want[x]!, 6);
            });
          }
          if (backend !== 'webgpu') expect(got).toEqual(want);
        }
      }
    });
  });

  it.skipIf(backend === 'webgpu')('is NaN for a NaN threshold, and for no other', () => {
    tf.tidy(() => {
      for (const smoothness of [0, 2]) {
        const mask = rampMask(tf.range(0, 2), tf.tensor2d([[Number.NaN], [5]]), smoothness);
        expect([...mask.dataSync()]).toEqual([Number.NaN, Number.NaN, 1, 1]);
      }
    });
  });

  it('leaks nothing', () => {
    const x = tf.range(0, 5);
    expect(leakedTensors(() => rampMask(x, 2, 3))).toBe(0);
    expect(leakedTensors(() => rampMask(x, 2, 0))).toBe(0);
    x.dispose();
  });
});

describe('bad input', () => {
  it.each([
    [
      'a negative smoothness',
      () => rampMask(tf.ones([2]), 1, -1),
      'rampMask: smoothness must be a finite number >= 0, got -1',
    ],
    ['a NaN threshold', () => rampMask(tf.ones([2]), Number.NaN, 1), 'rampMask: threshold must be'],
    [
      'positions of strings',
      () => rampMask(tf.tensor(['a']), 1, 1),
      'rampMask: positions must be float32 or int32, got string',
    ],
    [
      'positions of booleans',
      () => rampMask(tf.ones([2], 'bool'), 1, 1),
      'rampMask: positions must be float32 or int32, got bool',
    ],
    [
      'thresholds of another shape',
      () => rampMask(tf.ones([2, 4]), tf.ones([3, 2, 1, 3]), 1),
      'rampMask: threshold must broadcast against positions of shape [2,4], got shape [3,2,1,3]',
    ],
    [
      'sizes of another shape',
      () => gaussianMask(tf.ones([4]), tf.ones([3])),
      'gaussianMask: size must broadcast against offsets of shape [4], got shape [3]',
    ],
    [
      'sizes of a sigmoid of another shape',
      () => sigmoidMask(tf.ones([4]), tf.ones([3])),
      'sigmoidMask: size must broadcast against positions of shape [4], got shape [3]',
    ],
    [
      'a mask with NaN',
      () => keptIndices(tf.tensor1d([1, Number.NaN])),
      'keptIndices: mask must hold no NaN, got it at index 1',
    ],
    [
      'a mask of rank 2',
      () => keptIndices(tf.ones([2, 2]) as unknown as tf.Tensor1D),
      'keptIndices: mask must have rank 1, got shape [2,2]',
    ],
  ])('%s is an error that names the argument', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
