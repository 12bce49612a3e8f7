import { relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('booleans on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    if (backend === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  const booleans = () => tf.tensor2d([1, 0, 0, 1, 1, 1, 0, 0, 0], [3, 3], 'bool');
  const floats = () => tf.cast(booleans(), 'float32');

  it('have sums in int32', () => {
    tf.tidy(() => {
      const row = tf.tensor1d([1, 1, 0], 'bool');
      const y = tf.add(booleans(), row);
      expect(y.dtype).toBe('int32');
      expect([...y.dataSync()]).toEqual([2, 1, 0, 2, 2, 1, 1, 1, 0]);
      const three = tf.addN([row, row, tf.tensor1d([1, 0, 0], 'bool')]);
      expect(three.dtype).toBe('int32');
      expect([...three.dataSync()]).toEqual([3, 2, 0]);
    });
  });

  it('have differences in int32', () => {
    tf.tidy(() => {
      const y = tf.sub(booleans(), tf.tensor1d([1, 1, 0], 'bool'));
      expect(y.dtype).toBe('int32');
      expect([...y.dataSync()]).toEqual([0, -1, 0, 0, 0, 1, -1, -1, 0]);
    });
  });

  it('have cumulative sums and products in int32', () => {
    tf.tidy(() => {
      for (const op of [tf.cumsum, tf.cumprod]) expect(op(booleans(), 1).dtype).toBe('int32');
      expect([...tf.cumsum(booleans(), 0).dataSync()]).toEqual([1, 0, 0, 2, 1, 1, 2, 1, 1]);
      expect([...tf.cumprod(booleans(), 1).dataSync()]).toEqual([1, 0, 0, 1, 1, 1, 0, 0, 0]);
    });
  });

  it.each([
    ['logSoftmax', (x: tf.Tensor) => tf.logSoftmax(x)],
    ['logSumExp', (x: tf.Tensor) => tf.logSumExp(x, 1)],
  ])('have the %s of their floats', (_, op) => {
    tf.tidy(() => {
      const [got, want] = [op(booleans()), op(floats())];
      expect(got.dtype).toBe('float32');
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-6);
    });
  });
});
