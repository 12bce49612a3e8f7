import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** Error bound: sums of up to sixteen float32 values, before and after the products. */
const FLOAT32 = 1e-5;
/** A fixed seed makes failures reproducible. */
const RUNS = { seed: 20_160_102, numRuns: 60 };

const size = (max: number) => fc.integer({ min: 1, max });

beforeAll(() => useBackend('wasm'));

/** Computes a 3×3 convolution at stride 1 and its gradients by their definition, in float64. */
function naive(x: tf.Tensor4D, f: tf.Tensor4D, dy: tf.Tensor4D, pad: number) {
  const [n, H, W, A] = x.shape;
  const [, h, w, B] = dy.shape;
  const [vx, vf, vd] = [x.dataSync(), f.dataSync(), dy.dataSync()];
  const y = new Float64Array(dy.size);
  const dx = new Float64Array(x.size);
  const df = new Float64Array(f.size);
  for (let b = 0; b < n; b++)
    for (let p = 0; p < h; p++)
      for (let q = 0; q < w; q++)
        for (let tap = 0; tap < 9; tap++) {
          const [row, column] = [p + Math.floor(tap / 3) - pad, q + (tap % 3) - pad];
          if (row < 0 || row >= H || column < 0 || column >= W) continue;
          for (let a = 0; a < A; a++)
            for (let c = 0; c < B; c++) {
              const at = ((b * H + row) * W + column) * A + a;
              const out = ((b * h + p) * w + q) * B + c;
              const weight = vf[(tap * A + a) * B + c]!;
              df[(tap * A + a) * B + c]! += vd[out]! * vx[at]!;
              y[out]! += vx[at]! * weight;
              dx[at]! += vd[out]! * weight;
            }
        }
  return { y, dx, df };
}

describe('3×3 convolutions at stride 1', () => {
  it('and their gradients match their definition at every size and padding', () => {
    const cases = fc.record({
      batch: size(3),
      height: size(13),
      width: size(12),
      inChannels: fc.constantFrom(24, 28, 32),
      outChannels: fc.constantFrom(8, 24, 32),
      pad: fc.constantFrom(0, 1, 2),
    });
    fc.assert(
      fc.property(cases, ({ batch, height, width, inChannels, outChannels, pad }) => {
        fc.pre(height + 2 * pad >= 3 && width + 2 * pad >= 3);
        tf.tidy(() => {
          const x = unitTensor(1, [batch, height, width, inChannels]) as tf.Tensor4D;
          const f = unitTensor(2, [3, 3, inChannels, outChannels]) as tf.Tensor4D;
          const op = (image: tf.Tensor, filter: tf.Tensor) =>
            tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 1, pad);
          const y = op(x, f);
          const dy = unitTensor(3, y.shape) as tf.Tensor4D;
          const [dx, df] = tf.grads((image: tf.Tensor, filter: tf.Tensor) =>
            tf.sum(tf.mul(op(image, filter), dy)),
          )([x, f]);
          const want = naive(x, f, dy, pad);
          expect(y.size).toBe(want.y.length);
          expect(relativeError(y.dataSync(), want.y)).toBeLessThan(FLOAT32);
          expect(relativeError(dx!.dataSync(), want.dx)).toBeLessThan(FLOAT32);
          expect(relativeError(df!.dataSync(), want.df)).toBeLessThan(FLOAT32);
        });
      }),
      RUNS,
    );
  });

  it('do not mix images', () => {
    tf.tidy(() => {
      const f = unitTensor(2, [3, 3, 24, 8]) as tf.Tensor4D;
      const x = unitTensor(1, [5, 7, 9, 24]) as tf.Tensor4D;
      const whole = tf.conv2d(x, f, 1, 'same');
      for (let n = 0; n < 5; n++) {
        const one = tf.conv2d(tf.slice(x, [n, 0, 0, 0], [1, 7, 9, 24]), f, 1, 'same');
        const part = tf.slice(whole, [n, 0, 0, 0], [1, 7, 9, 8]);
        expect(relativeError(one.dataSync(), part.dataSync())).toBeLessThan(FLOAT32);
      }
    });
  });
});
