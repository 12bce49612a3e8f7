import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { apsPool } from '../src/ops.js';

/**
 * Every component by strided loops, with its norm in units of its largest value. Returns the values
 * of the component with the largest norm.
 */
function naive(x: tf.Tensor4D, [sh, sw]: [number, number], order: number): number[] {
  const [n, height, width, channels] = x.shape;
  const values = x.dataSync();
  const y: number[] = [];
  for (let b = 0; b < n; b++) {
    let best: { norm: number; pixels: number[] } | null = null;
    for (let i = 0; i < sh; i++)
      for (let j = 0; j < sw; j++) {
        const pixels: number[] = [];
        for (let p = 0; p < Math.ceil(height / sh); p++)
          for (let q = 0; q < Math.ceil(width / sw); q++)
            for (let c = 0; c < channels; c++) {
              const [row, column] = [p * sh + i, q * sw + j];
              const inside = row < height && column < width;
              pixels.push(
                inside ? values[((b * height + row) * width + column) * channels + c]! : 0,
              );
            }
        const unit = Math.max(...pixels.map(Math.abs)) || 1;
        const sum = pixels.reduce((total, v) => total + (Math.abs(v) / unit) ** order, 0);
        const norm = unit * sum ** (1 / order);
        if (!best || norm > best.norm) best = { norm, pixels };
      }
    y.push(...best!.pixels);
  }
  return y;
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('matches its definition at every size, stride and order', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [1, 1],
        [6, 4],
        [7, 9],
        [5, 12],
      ] as const) {
        for (const strides of [
          [1, 1],
          [2, 2],
          [3, 2],
        ] as [number, number][]) {
          for (const order of [1, 2, 3]) {
            const x = unitTensor(height + width, [3, height, width, 2]) as tf.Tensor4D;
            const got = apsPool(x, strides, { order });
            expect(relativeError(got.dataSync(), naive(x, strides, order))).toBeLessThan(1e-6);
          }
        }
      }
    });
  });

  it.each([1, 2, 3, 60, 1000, 1e300])(
    'with order %f chooses at any magnitude of values',
    (order) => {
      tf.tidy(() => {
        for (const unit of [1e-36, 1e-15, 1, 1e15, 1e37]) {
          const x = tf.mul(unitTensor(7, [3, 6, 8, 2]), unit) as tf.Tensor4D;
          const got = [...apsPool(x, 2, { order }).dataSync()].map((v) => v / unit);
          const want = naive(x, [2, 2], order).map((v) => v / unit);
          expect(relativeError(got, want)).toBeLessThan(1e-6);
        }
      });
    },
  );

  it('returns zeros for an image of zeros', () => {
    tf.tidy(() => {
      expect([...apsPool(tf.zeros([1, 3, 4, 1])).dataSync()]).toEqual([0, 0, 0, 0]);
    });
  });

  it('keeps the same pixels of a shifted image, unlike plain subsampling', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [1, 8, 8, 3]) as tf.Tensor4D;
      const shifted = tf.concat(
        [tf.slice(x, [0, 7, 0, 0], [1, 1, 8, 3]), tf.slice(x, [0, 0, 0, 0], [1, 7, 8, 3])],
        1,
      );
      const sorted = (t: tf.Tensor) => [...t.dataSync()].sort((a, b) => a - b);
      expect(sorted(apsPool(shifted))).toEqual(sorted(apsPool(x)));
      const plain = (t: tf.Tensor4D) =>
        sorted(tf.stridedSlice(t, [0, 0, 0, 0], t.shape, [1, 2, 2, 1]));
      expect(plain(shifted)).not.toEqual(plain(x));
    });
  });
});

describe('bad input', () => {
  it.each([
    [
      () => apsPool(tf.ones([1, 4, 4, 1]), 1.5),
      'apsPool: strides must be integers >= 1, got [1.5, 1.5]',
    ],
    [
      () => apsPool(tf.ones([1, 4, 4, 1]), 2, { order: 0.5 }),
      'apsPool: order must be a finite number >= 1, got 0.5',
    ],
    [() => apsPool(tf.ones([4]) as unknown as tf.Tensor4D), 'apsPool: x must have rank 4'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
