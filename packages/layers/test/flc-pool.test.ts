import { useBackend } from '@ds/backend';
import { fftshift } from '@ds/fft';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { flcPool } from '../src/ops.js';

/** The complex DFT of planes by definition: sums over every pixel for every frequency. */
function centredLowCut(x: tf.Tensor4D, strides: [number, number], modulus: boolean): number[] {
  const [n, height, width, channels] = x.shape;
  const [h, w] = [
    Math.max(1, Math.floor(height / strides[0])),
    Math.max(1, Math.floor(width / strides[1])),
  ];
  const values = x.dataSync();
  const order = (size: number) =>
    [...(fftshift(tf.range(0, size)) as tf.Tensor1D).dataSync()].map((f) =>
      f < size / 2 ? f : f - size,
    );
  const kept = (size: number, out: number) =>
    order(size).filter((f) => f >= -Math.floor(out / 2) && f < Math.ceil(out / 2));
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let c = 0; c < channels; c++) {
          let [re, im] = [0, 0];
          for (const k of kept(height, h))
            for (const l of kept(width, w))
              for (let p = 0; p < height; p++)
                for (let q = 0; q < width; q++) {
                  const angle = 2 * Math.PI * (k * (i / h - p / height) + l * (j / w - q / width));
                  const value =
                    values[((b * height + p) * width + q) * channels + c]! / (height * width);
                  re += value * Math.cos(angle);
                  im += value * Math.sin(angle);
                }
          y.push(modulus ? Math.hypot(re, im) : re);
        }
  return y;
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('matches its definition at every size, with and without the modulus', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [1, 1],
        [4, 4],
        [5, 8],
        [9, 6],
      ] as const) {
        for (const strides of [
          [1, 1],
          [2, 2],
          [1.6, 3],
        ] as [number, number][]) {
          for (const modulus of [false, true]) {
            const x = unitTensor(height, [1, height, width, 2]) as tf.Tensor4D;
            const y = flcPool(x, strides, { modulus });
            expect(relativeError(y.dataSync(), centredLowCut(x, strides, modulus))).toBeLessThan(
              1e-5,
            );
          }
        }
      }
    });
  });

  it('keeps a constant, and its sign', () => {
    tf.tidy(() => {
      const y = flcPool(tf.fill([1, 8, 8, 1], -3)).dataSync();
      expect(relativeError(y, new Float32Array(16).fill(-3))).toBeLessThan(1e-6);
    });
  });

  it('removes frequencies that would alias', () => {
    tf.tidy(() => {
      const stripes = tf.tensor(
        Float32Array.from({ length: 64 }, (_, i) => (i % 2 ? 1 : -1)),
        [1, 8, 8, 1],
      );
      expect(
        Math.max(
          ...flcPool(stripes as tf.Tensor4D)
            .dataSync()
            .map(Math.abs),
        ),
      ).toBeLessThan(1e-6);
    });
  });
});

describe('bad input', () => {
  it.each([
    [() => flcPool(tf.ones([1, 4, 4, 1]), 0.5), 'flcPool: strides must be >= 1, got [0.5, 0.5]'],
    [() => flcPool(tf.ones([1, 4, 4, 1]), 2, { norm: 'x' as 'ortho' }), 'flcPool: norm must be'],
    [() => flcPool(tf.ones([4]) as unknown as tf.Tensor4D), 'flcPool: x must have rank 4'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
