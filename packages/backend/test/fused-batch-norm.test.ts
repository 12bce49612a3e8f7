import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** Error bound: float32 sums in another order. */
const FLOAT32 = 1e-6;

/** Computes the definition, in float64. */
function naive(x: tf.Tensor, [mean, variance, offset, scale]: (tf.Tensor | undefined)[]): number[] {
  const channels = x.shape.at(-1)!;
  const at = (tensor: tf.Tensor | undefined, c: number, otherwise: number) =>
    tensor ? tensor.dataSync()[c]! : otherwise;
  return [...x.dataSync()].map((value, i) => {
    const c = i % channels;
    const spread = Math.sqrt(at(variance, c, 1) + 1e-3);
    return ((value - at(mean, c, 0)) / spread) * at(scale, c, 1) + at(offset, c, 0);
  });
}

describe('batch norm at inference', () => {
  it('matches its definition at every size, with and without scale and offset', async () => {
    await useBackend('wasm');
    for (const shape of [
      [1, 1, 1, 1],
      [2, 3, 5, 7],
      [3, 8],
      [4, 2, 2, 24],
      [2, 6, 13],
    ]) {
      tf.tidy(() => {
        const channels = shape.at(-1)!;
        const x = unitTensor(1, shape);
        const [mean, offset, scale] = [2, 3, 4].map((seed) => unitTensor(seed, [channels]));
        const variance = tf.add(tf.abs(unitTensor(5, [channels])), 0.1);
        for (const [o, s] of [
          [offset, scale],
          [offset, undefined],
          [undefined, undefined],
        ]) {
          const y = tf.batchNorm(
            x,
            mean as tf.Tensor1D,
            variance as tf.Tensor1D,
            o as tf.Tensor1D,
            s as tf.Tensor1D,
            1e-3,
          );
          expect(y.shape).toEqual(shape);
          const want = naive(x, [mean, variance, o, s]);
          expect(relativeError(y.dataSync(), want)).toBeLessThan(FLOAT32);
        }
      });
    }
  });

  it('runs tfjs’s kernel for statistics of another shape', async () => {
    await useBackend('wasm');
    tf.tidy(() => {
      const x = unitTensor(1, [2, 3, 4, 5]) as tf.Tensor4D;
      const mean = unitTensor(2, [2, 3, 4, 5]) as tf.Tensor4D;
      const variance = tf.add(tf.abs(unitTensor(3, [2, 3, 4, 5])), 0.5) as tf.Tensor4D;
      const y = tf.batchNorm(x, mean, variance, undefined, undefined, 1e-3);
      const want = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
      expect(relativeError(y.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
    });
  });
});
