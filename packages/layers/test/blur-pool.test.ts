import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  gradientErrors,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureMultiplyAdds } from '../src/count-multiply-adds.js';
import { AvgBlurPool, BlurPool, MaxBlurPool } from '../src/index.js';
import { avgBlurPool, type BlurPadding, blurPool, maxBlurPool } from '../src/ops.js';

const FLOAT32 = 1e-6;

interface BlurCase {
  case: string;
  params: { filterSize: number; stride: number; padType: BlurPadding; maxKernel?: number };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const read = (file: string) =>
  readGolden<BlurCase>(new URL(`fixtures/${file}`, import.meta.url)).cases;
const goldens = [...read('blur_pool.json'), ...read('max_blur_pool.json')];

/** The definition by loops: padding by lookup, the binomial by factorials, then subsampling. */
function naive(x: tf.Tensor4D, filterSize: number, stride: number, padding: BlurPadding): number[] {
  const [n, height, width, channels] = x.shape;
  const values = x.dataSync();
  const choose = (k: number) => {
    let c = 1;
    for (let i = 0; i < k; i++) c = (c * (filterSize - 1 - i)) / (i + 1);
    return c / 2 ** (filterSize - 1);
  };
  const at = (b: number, row: number, column: number, c: number) => {
    const place = (p: number, size: number) =>
      padding === 'replicate'
        ? Math.min(Math.max(p, 0), size - 1)
        : padding === 'reflect'
          ? Math.abs(size - 1 - Math.abs(size - 1 - p))
          : padding === 'circular'
            ? (p + 8 * size) % size
            : p;
    const [r, q] = [place(row, height), place(column, width)];
    if (r < 0 || q < 0 || r >= height || q >= width) return 0;
    return values[((b * height + r) * width + q) * channels + c]!;
  };
  const before = Math.floor((filterSize - 1) / 2);
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let p = 0; p < height; p += stride)
      for (let q = 0; q < width; q += stride)
        for (let c = 0; c < channels; c++) {
          let total = 0;
          for (let i = 0; i < filterSize; i++)
            for (let j = 0; j < filterSize; j++)
              total += choose(i) * choose(j) * at(b, p + i - before, q + j - before, c);
          y.push(total);
        }
  return y;
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    '%s: output and gradient match the golden numbers',
    (_, golden) => {
      const { filterSize, stride, padType, maxKernel } = golden.params;
      tf.tidy(() => {
        const options = { filterSize, padding: padType };
        const op = (x: tf.Tensor) =>
          maxKernel === undefined
            ? blurPool(x as tf.Tensor4D, stride, options)
            : maxBlurPool(x as tf.Tensor4D, stride, { ...options, poolSize: maxKernel });
        const x = imageTensor(golden.input);
        const upstream = imageTensor(golden.upstream);
        const y = op(x);
        const dx = tf.grad((image) => tf.sum(tf.mul(op(image), upstream)))(x);
        expect(relativeError(imageValues(y), golden.output.data)).toBeLessThan(FLOAT32);
        expect(relativeError(imageValues(dx), golden.grads.input.data)).toBeLessThan(FLOAT32);
      });
    },
  );

  it('matches its definition for every filter, stride and padding', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [9, 7],
        [5, 12],
        [13, 4],
      ] as const) {
        const x = unitTensor(height, [2, height, width, 3]) as tf.Tensor4D;
        for (let filterSize = 1; filterSize <= 7; filterSize++) {
          for (const padding of ['reflect', 'replicate', 'zero', 'circular'] as const) {
            for (const strides of [1, 2, 3]) {
              const y = blurPool(x, strides, { filterSize, padding });
              expect(y.shape).toEqual([
                2,
                Math.ceil(height / strides),
                Math.ceil(width / strides),
                3,
              ]);
              expect(
                relativeError(y.dataSync(), naive(x, filterSize, strides, padding)),
              ).toBeLessThan(FLOAT32);
            }
          }
        }
      }
    });
  });

  it('keeps a constant, and subsamples with filter size 1', () => {
    tf.tidy(() => {
      const ones = blurPool(tf.ones([1, 6, 5, 1]), 2, { filterSize: 5 });
      expect(relativeError(ones.dataSync(), new Float32Array(9).fill(1))).toBeLessThan(FLOAT32);
      const x = unitTensor(3, [1, 4, 4, 1]) as tf.Tensor4D;
      const every = tf.stridedSlice(x, [0, 0, 0, 0], [1, 4, 4, 1], [1, 2, 2, 1]);
      expect(relativeError(blurPool(x, 2, { filterSize: 1 }).dataSync(), every.dataSync())).toBe(0);
    });
  });

  it('takes a 1-pixel map if the padding allows it, and channelsFirst', () => {
    tf.tidy(() => {
      expect(
        blurPool(tf.ones([1, 1, 1, 2]), 2, { padding: 'replicate' }).dataSync()[0],
      ).toBeCloseTo(1);
      const x = unitTensor(2, [2, 9, 8, 3]) as tf.Tensor4D;
      const first = blurPool(tf.transpose(x, [0, 3, 1, 2]), 2, { dataFormat: 'channelsFirst' });
      const got = tf.transpose(first, [0, 2, 3, 1]);
      expect(relativeError(got.dataSync(), blurPool(x).dataSync())).toBe(0);
    });
  });

  it('averages before the blur in avgBlurPool, with the gradient of finite differences', () => {
    tf.tidy(() => {
      const x = unitTensor(7, [1, 7, 6, 2]);
      const op = (image: tf.Tensor) => avgBlurPool(image as tf.Tensor4D, 2, { poolSize: 2 });
      const want = blurPool(tf.avgPool(x as tf.Tensor4D, 2, 1, 'valid'));
      expect(relativeError(op(x).dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
      expect(gradientErrors(op, [x], [0.5])[0]).toBeLessThan(1e-5);
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([1, 6, 6, 2]) as tf.Tensor4D;
    for (const op of [blurPool, maxBlurPool, avgBlurPool]) {
      expect(leakedTensors(() => op(x))).toBe(0);
    }
    x.dispose();
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const x = () => tf.ones([1, 4, 4, 1]) as tf.Tensor4D;

  it.each([
    [
      () => blurPool(x(), 2, { filterSize: 8 }),
      'blurPool: filterSize must be an integer in 1 … 7, got 8',
    ],
    [() => blurPool(x(), 1.5), 'blurPool: strides must be integers >= 1, got [1.5, 1.5]'],
    [
      () => blurPool(x(), 2, { padding: 'same' as 'zero' }),
      "blurPool: padding must be 'reflect', 'replicate', 'zero' or 'circular'",
    ],
    [
      () => blurPool(tf.ones([1, 1, 4, 1])),
      'blurPool: x must be larger than the reflection (1 pixels), got size 1',
    ],
    [
      () => maxBlurPool(tf.ones([1, 2, 4, 1])),
      'maxBlurPool: x must be larger than the reflection and the windows (2 pixels), got size 2',
    ],
    [
      () => maxBlurPool(x(), 2, { poolSize: 5 }),
      'maxBlurPool: poolSize must be an integer in 1 … 4, got 5',
    ],
    [() => blurPool(tf.ones([4]) as unknown as tf.Tensor4D), 'blurPool: x must have rank 4'],
    // A model is refused when it is made, not at its first batch.
    [
      () => new BlurPool({ name: 'down' }).apply(tf.input({ shape: [1, 8, 1] })),
      "BlurPool: layer 'down' gets a map of 1×8: x must be larger than the reflection (1 pixels)",
    ],
    [
      () =>
        new BlurPool({ name: 'down', outputSize: [2, 2] }).apply(tf.input({ shape: [8, 2, 1] })),
      "BlurPool: layer 'down' gets a map of 8×2: x must be larger than the reflection (9 pixels)",
    ],
    [
      () => new MaxBlurPool({ name: 'down' }).apply(tf.input({ shape: [2, 8, 1] })),
      "MaxBlurPool: layer 'down' gets a map of 2×8: x must be larger than the reflection and the " +
        'windows (2 pixels), got size 2',
    ],
    [
      () => new MaxBlurPool({ name: 'down', poolSize: 5 }).apply(tf.input({ shape: [8, 4, 1] })),
      "MaxBlurPool: layer 'down' gets a map of 8×4: poolSize must be at most its size, got 5",
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });

  it('is no size of 1 where the filter has one tap, or another border', () => {
    const input = tf.input({ shape: [1, 8, 1] });
    for (const config of [{ filterSize: 1 }, { padding: 'zero' as const }]) {
      const y = new BlurPool(config).apply(input) as tf.SymbolicTensor;
      expect(y.shape).toEqual([null, 1, 4, 1]);
    }
  });
});

describe("AvgBlurPool's count of multiply-adds", () => {
  beforeAll(() => tf.setBackend('cpu'));

  /** The values that circular padding of [13, 9, 8] writes: along the height, then the width. */
  const copied = (poolSize: number) => 8 * ((12 + poolSize) * 9 + (12 + poolSize) * (8 + poolSize));

  // The bounds are those of the conformance tests.
  it.each([1, 2, 3, 4, 5, 6, 7])(
    'matches the executed multiply-adds at poolSize %i',
    (poolSize) => {
      for (const [format, shape] of [
        ['channelsLast', [13, 9, 8]],
        ['channelsFirst', [8, 13, 9]],
      ] as const) {
        for (const padding of ['replicate', 'circular'] as const) {
          const layer = new AvgBlurPool({ poolSize, dataFormat: format, padding });
          const { ran, needed } = measureMultiplyAdds(layer, [[...shape]]);
          const count = layer.multiplyAdds([], [...shape]);
          expect(count).toBeLessThanOrEqual(ran);
          // Circular windows are copied first. The counter counts each copy as a product.
          const copies = padding === 'circular' && poolSize > 1 ? copied(poolSize) : 0;
          expect(count).toBeGreaterThanOrEqual(0.95 * (needed - copies));
          layer.dispose();
        }
      }
    },
  );

  it('is about 2·poolSize per value, not poolSize squared', () => {
    const [image, means] = [
      [40, 40, 1],
      (poolSize: number) => new AvgBlurPool({ poolSize, filterSize: 1, strides: 1 }),
    ];
    // 34 windows per side: 34·7 taps in each of 40 columns, then in each of 34 rows.
    expect(means(7).multiplyAdds([], image)).toBe(34 * 7 * 40 + 34 * 34 * 7);
    expect(means(1).multiplyAdds([], image)).toBe(0);
  });
});
