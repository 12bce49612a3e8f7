import { useBackend } from '@ds/backend';
import { gradientErrors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asapPool, flcPool, type WindowCenter } from '../src/ops.js';

/** The window over the centred spectrum for each centre. Frequency −floor(n/2) comes first. */
function window(size: number, windowCenter: WindowCenter): number[] {
  return Array.from({ length: size }, (_, i) => {
    const centred = i - Math.floor(size / 2);
    return windowCenter === 'zero'
      ? Math.sqrt(0.54 + 0.46 * Math.cos((2 * Math.PI * centred) / size))
      : Math.sqrt(0.54 - 0.46 * Math.cos((2 * Math.PI * i) / Math.max(1, size - 1)));
  });
}

/** The definition by sums over every pixel for every kept frequency of the complex spectrum. */
function naive(x: tf.Tensor4D, strides: [number, number], windowCenter: WindowCenter): number[] {
  const [n, height, width, channels] = x.shape;
  const values = x.dataSync();
  const axis = (size: number, stride: number) => {
    const out = Math.max(1, Math.floor(size / stride));
    const kept = Array.from({ length: out }, (_, i) => i - Math.floor(out / 2));
    const weights = size === 1 ? [1] : window(size, windowCenter);
    return { out, kept: kept.map((f) => ({ f, weight: weights[f + Math.floor(size / 2)]! })) };
  };
  const [rows, columns] = [axis(height, strides[0]), axis(width, strides[1])];
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < rows.out; i++)
      for (let j = 0; j < columns.out; j++)
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (const { f: k, weight: wk } of rows.kept)
            for (const { f: l, weight: wl } of columns.kept)
              for (let p = 0; p < height; p++)
                for (let q = 0; q < width; q++) {
                  const turns = k * (i / rows.out - p / height) + l * (j / columns.out - q / width);
                  const value = values[((b * height + p) * width + q) * channels + c]!;
                  sum += (wk * wl * value * Math.cos(2 * Math.PI * turns)) / (height * width);
                }
          y.push(sum);
        }
  return y;
}

/** Ringing: the overshoot of a step. */
function overshoot(y: tf.Tensor): number {
  const values = y.dataSync();
  return Math.max(...values) - 1;
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('matches its definition at every size, with both window centres', () => {
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
          for (const windowCenter of ['zero', 'published'] as const) {
            const x = unitTensor(height, [1, height, width, 2]) as tf.Tensor4D;
            const y = asapPool(x, strides, { windowCenter });
            expect(relativeError(y.dataSync(), naive(x, strides, windowCenter))).toBeLessThan(1e-5);
          }
        }
      }
    });
  });

  it('keeps a constant, except with the published centre', () => {
    tf.tidy(() => {
      const x = tf.fill([1, 4, 4, 1], -3) as tf.Tensor4D;
      expect(relativeError(asapPool(x).dataSync(), [-3, -3, -3, -3])).toBeLessThan(1e-6);
      const [published] = asapPool(x, 2, { windowCenter: 'published' }).dataSync();
      expect(published).toBeCloseTo(-3 * 0.77, 5);
    });
  });

  it('rings less than a hard crop', () => {
    tf.tidy(() => {
      const step = Float32Array.from({ length: 32 * 32 }, (_, i) => (i % 32 < 16 ? 0 : 1));
      const x = tf.tensor4d(step, [1, 32, 32, 1]);
      const cut = overshoot(flcPool(x, 2));
      expect(cut).toBeGreaterThan(0.05);
      expect(overshoot(asapPool(x, 2))).toBeLessThan(0.85 * cut);
    });
  });

  it('has the gradient of finite differences', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [1, 6, 7, 2]);
      const op = (image: tf.Tensor) => asapPool(image as tf.Tensor4D, [2, 1.5]);
      expect(gradientErrors(op, [x], [0.5])[0]).toBeLessThan(1e-4);
    });
  });
});

describe('bad input', () => {
  it.each([
    [() => asapPool(tf.ones([1, 4, 4, 1]), 0.5), 'asapPool: strides must be >= 1, got [0.5, 0.5]'],
    [
      () => asapPool(tf.ones([1, 4, 4, 1]), 2, { windowCenter: 'x' as 'published' }),
      "asapPool: windowCenter must be 'zero' or 'published', got \"x\"",
    ],
    [() => asapPool(tf.ones([4]) as unknown as tf.Tensor4D), 'asapPool: x must have rank 4'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
