import { useBackend } from '@ds/backend';
import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DiffStrideOptions, diffStride, spectralPath, spectralPool } from '../src/ops.js';

/** The tolerance between two float32 algorithms. */
const FLOAT32 = 2e-6;

const sizes = [
  [1, 1],
  [1, 6],
  [5, 1],
  [8, 8],
  [7, 13],
  [12, 9],
  [16, 11],
] as const;

const STRIDES: [number, number][] = [
  [1, 1],
  [2, 3],
  [1.4, 1.7],
  [9, 9],
];

/** Each norm meets every size and all strides, though not every pair of them. */
const NORMS = ['ortho', 'backward', 'forward'] as const;

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('pools fixed bands alike on both paths, including the gradient', () => {
    tf.tidy(() => {
      for (const [i, [height, width]] of sizes.entries()) {
        for (const [j, strides] of STRIDES.entries()) {
          const norm = NORMS[(i + j) % NORMS.length]!;
          const x = unitTensor(height, [2, height, width, 3]) as tf.Tensor4D;
          const both = (['matrices', 'fft'] as const).map((path) => {
            const op = (image: tf.Tensor) =>
              spectralPool(image as tf.Tensor4D, strides, { norm, path });
            const y = op(x);
            const dy = unitTensor(4, y.shape);
            return [y, tf.grad((t) => tf.sum(tf.mul(op(t), dy)))(x)] as const;
          });
          const [[y, dx], [want, dwant]] = both as [(typeof both)[0], (typeof both)[0]];
          expect(relativeError(want.dataSync(), y.dataSync())).toBeLessThan(FLOAT32);
          expect(relativeError(dwant.dataSync(), dx.dataSync())).toBeLessThan(FLOAT32);
        }
      }
    });
  });

  const variants: DiffStrideOptions[] = [
    {},
    { alignment: 'symmetric', smoothness: 1.5 },
    { cropping: false, norm: 'forward', smoothness: 2 },
    { norm: 'backward', smoothness: 0 },
  ];
  it.each(variants)('pools with learned strides alike on both paths: %j', (options) => {
    tf.tidy(() => {
      for (const [height, width] of sizes) {
        const x = unitTensor(width, [2, height, width, 2]) as tf.Tensor4D;
        const strides = tf.tensor1d([2.13, 1.71]);
        const both = (['matrices', 'fft'] as const).map((path) => {
          const op = (image: tf.Tensor, s: tf.Tensor) =>
            diffStride(image as tf.Tensor4D, s as tf.Tensor1D, { ...options, path });
          const y = op(x, strides);
          const dy = unitTensor(5, y.shape);
          return [
            y,
            ...tf.grads((t: tf.Tensor, s: tf.Tensor) => tf.sum(tf.mul(op(t, s), dy)))([x, strides]),
          ];
        });
        both[0]!.forEach((tensor, i) => {
          expect(both[1]![i]!.shape).toEqual(tensor.shape);
          expect(relativeError(both[1]![i]!.dataSync(), tensor.dataSync())).toBeLessThan(1e-5);
        });
      }
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([1, 9, 8, 2]) as tf.Tensor4D;
    expect(leakedTensors(() => spectralPool(x, 2, { path: 'fft' }))).toBe(0);
    x.dispose();
  });
});

it('transforms a large batch in parts', async () => {
  await useBackend('wasm');
  tf.tidy(() => {
    const last = tf.randomUniform([1, 2048, 2048, 1]) as tf.Tensor4D;
    const x = tf.concat([tf.zeros([4, 2048, 2048, 1]), last], 0) as tf.Tensor4D;
    const pool = (images: tf.Tensor4D) => spectralPool(images, 8, { path: 'fft' });
    const [y, want] = [pool(x), pool(last)];
    expect(y.shape).toEqual([5, 256, 256, 1]);
    expect(tf.slice(y, 4).dataSync()).toEqual(want.dataSync());
    expect(tf.max(tf.abs(tf.slice(y, 0, 4))).dataSync()[0]).toBe(0);
    // The gradient of each image is its own.
    const dy = tf.concat([tf.zeros([4, 256, 256, 1]), tf.ones([1, 256, 256, 1])], 0);
    const dx = tf.grad((images: tf.Tensor) => pool(images as tf.Tensor4D))(x, dy);
    const dlast = tf.grad((images: tf.Tensor) => pool(images as tf.Tensor4D))(
      last,
      tf.ones([1, 256, 256, 1]),
    );
    expect(relativeError(tf.slice(dx, [4, 0, 0, 0]).dataSync(), dlast.dataSync())).toBe(0);
  });
});

describe('the choice', () => {
  it('is matrices for the images of networks, and the FFT for large images', async () => {
    await useBackend('wasm');
    expect(spectralPath([64, 32, 32, 64], [16, 16]).path).toBe('matrices');
    expect(spectralPath([16, 112, 112, 64], [56, 56]).path).toBe('matrices');
    expect(spectralPath([16, 224, 224, 3], [112, 112]).path).toBe('fft');
    expect(spectralPath([1, 2048, 2048, 3], [1024, 1024]).path).toBe('fft');
    // Copies of so many values would fill the memory.
    expect(spectralPath([2, 4096, 4096, 4], [2048, 2048]).path).toBe('fft');
    expect(spectralPath([2, 4096, 4096, 5], [2048, 2048]).path).toBe('matrices');
    const { matrices, fft } = spectralPath([1, 1024, 1024, 1], [512, 512]);
    expect(fft).toBeLessThan(matrices);
    // A length with a large prime factor makes transforms slower.
    expect(spectralPath([1, 1000, 1000, 1], [500, 500]).fft).toBeLessThan(fft);
    expect(spectralPath([1, 1018, 1018, 1], [509, 509]).fft).toBeGreaterThan(fft);
  });

  it('is the FFT for larger images only, if no kernel transforms in the memory of the backend', async () => {
    await useBackend('wasm');
    const own = spectralPath([1, 256, 256, 3], [128, 128]);
    expect(own.path).toBe('fft');
    const names = ['RealFft2d', 'InverseRealFft2d'];
    const kernels = names.map((name) => tf.getKernel(name, 'wasm')!);
    for (const name of names) tf.unregisterKernel(name, 'wasm');
    try {
      const stock = spectralPath([1, 256, 256, 3], [128, 128]);
      expect(stock.path).toBe('matrices');
      expect(stock.fft).toBe(3 * own.fft);
      expect(spectralPath([1, 512, 512, 3], [256, 256]).path).toBe('fft');
    } finally {
      kernels.forEach(tf.registerKernel);
    }
  });

  it('names the wrong argument', () => {
    expect(() => spectralPath([1, 0, 4, 1], [2, 2])).toThrow(
      'spectralPath: shape[1] must be an integer >= 1, got 0',
    );
    expect(() => spectralPool(tf.ones([1, 4, 4, 1]), 2, { path: 'x' as 'fft' })).toThrow(
      "spectralPool: path must be 'auto', 'matrices' or 'fft', got \"x\"",
    );
  });
});
