import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { withSizes } from '../src/convolution/sizes.js';
import {
  runWinograd,
  runWinogradFilterGradient,
  winogradFilter,
  winogradForward,
} from '../src/convolution/wasm-winograd.js';
import { type KernelModule, kernelModule } from '../src/wasm/kernel-module.js';
import { linkKernels } from '../src/wasm.js';

let module: KernelModule;

beforeAll(async () => {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  expect(await linkKernels(tf.backend())).toBeNull();
  module = kernelModule(tf.backend())!;
});

type Shape = [number, number, number, number];

/** Zero-padded convolution in float64: the forward pass, and the sums of the filter gradient. */
function exact(x: ArrayLike<number>, f: ArrayLike<number>, d: ArrayLike<number>, shape: Shape) {
  const [n, h, w, c] = shape;
  const k = f.length / (9 * c);
  const y = new Float64Array(n * h * w * k);
  const df = new Float64Array(f.length);
  for (let b = 0; b < n; b++)
    for (let p = 0; p < h; p++)
      for (let q = 0; q < w; q++)
        for (let tap = 0; tap < 9; tap++) {
          const [row, column] = [p + Math.floor(tap / 3) - 1, q + (tap % 3) - 1];
          if (row < 0 || row >= h || column < 0 || column >= w) continue;
          const at = ((b * h + row) * w + column) * c;
          const out = ((b * h + p) * w + q) * k;
          for (let a = 0; a < c; a++)
            for (let o = 0; o < k; o++) {
              y[out + o]! += x[at + a]! * f[(tap * c + a) * k + o]!;
              df[(tap * c + a) * k + o]! += x[at + a]! * d[out + o]!;
            }
        }
  return { y, df };
}

/** An image, a 3×3 filter for k channels, and an upstream gradient. */
function operands(shape: Shape, k: number): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  const shapes = [shape, [3, 3, shape[3], k], [...shape.slice(0, 3), k]];
  const [x, f, d] = shapes.map((of, i) => unitTensor(i + 1, of) as tf.Tensor4D);
  return [x!, f!, d!];
}

/** Runs a kernel that writes a tensor of this shape, and returns its values. */
function output(shape: number[], run: (tensor: tf.Tensor) => void) {
  const tensor = tf.zeros(shape);
  run(tensor);
  return tensor.dataSync().slice();
}

function directGradient(x: tf.Tensor4D, dy: tf.Tensor4D, filterShape: Shape) {
  const { kernels, address, scratch } = module;
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, 1, 1, 'same');
  return output(filterShape, (df) => {
    const floats = kernels.convolutionFilterGradientScratch(info);
    const space = withSizes(module, scratch(floats), info);
    const at = { x: address(x), dy: address(dy), df: address(df) };
    kernels.convolutionFilterGradient({ ...at, scratch: space });
  });
}

/** The convolution and its filter gradient by Winograd's algorithm and by direct sums. */
function computed(x: tf.Tensor4D, f: tf.Tensor4D, d: tf.Tensor4D) {
  const { kernels, address, scratch } = module;
  const info = tf.backend_util.computeConv2DInfo(x.shape, f.shape, 1, 1, 'same');
  const [forward, gradient] = [winogradForward(info)!, winogradFilter(info)!];
  const at = { x: address(x), f: address(f) };
  const results = {
    y: output(d.shape, (y) => runWinograd(module, [x, f, y], forward, false)),
    df: output(f.shape, (df) => runWinogradFilterGradient(module, [x, d, df], gradient)),
    directY: output(d.shape, (y) => {
      const space = withSizes(module, scratch(kernels.convolutionForwardScratch(info)), info);
      kernels.convolutionForward({ ...at, y: address(y), scratch: space });
    }),
    directDf: directGradient(x, d, f.shape),
  };
  return { forward: forward.tile, gradient: gradient.tile, ...results };
}

describe("Winograd's tiles of 4×4", () => {
  // The smallest maps and numbers of tiles that take them, and large ones.
  const shapes: [Shape, number][] = [
    [[8, 6, 6, 16], 8],
    [[4, 7, 7, 12], 16],
    [[1, 16, 16, 16], 16],
    [[4, 8, 8, 64], 64],
    [[2, 20, 20, 16], 32],
    [[2, 11, 13, 32], 24],
    [[1, 32, 32, 16], 16],
  ];

  it.each(shapes)('of %j to %d channels: at most three times the direct error', (shape, k) => {
    tf.tidy(() => {
      const [x, f, d] = operands(shape, k);
      const want = exact(x.dataSync(), f.dataSync(), d.dataSync(), shape);
      const got = computed(x, f, d);
      // Where 4×4 would save nothing, the tiles are 2×2.
      expect(got.forward).toBe(shape[1] === 6 ? 2 : 4);
      expect(got.gradient).toBe(shape[1] === 6 ? 2 : 4);
      expect(relativeError(got.y, want.y) / relativeError(got.directY, want.y)).toBeLessThan(3);
      expect(relativeError(got.df, want.df) / relativeError(got.directDf, want.df)).toBeLessThan(3);
    });
  });

  // With few channels, only filter gradients are exact enough.
  const narrow: [Shape, number][] = [
    [[4, 7, 7, 8], 8],
    [[1, 16, 16, 8], 8],
    [[3, 9, 14, 8], 24],
    [[2, 32, 32, 8], 8],
  ];

  it.each(narrow)(
    'of %j to %d channels: a gradient of at most three times the error',
    (shape, k) => {
      tf.tidy(() => {
        const [x, f, d] = operands(shape, k);
        const info = tf.backend_util.computeConv2DInfo(x.shape, f.shape, 1, 1, 'same');
        expect(winogradForward(info)).toBeNull();
        const gradient = winogradFilter(info)!;
        expect(gradient.tile).toBe(4);
        const df = tf.zeros(f.shape);
        runWinogradFilterGradient(module, [x, d, df], gradient);
        const want = exact(x.dataSync(), f.dataSync(), d.dataSync(), shape).df;
        const error = relativeError(df.dataSync(), want);
        expect(error / relativeError(directGradient(x, d, f.shape), want)).toBeLessThan(3);
      });
    },
  );

  it('of a sparse image: the error is relative to the largest pixel of a tile', () => {
    tf.tidy(() => {
      const shape: Shape = [1, 12, 12, 16];
      const image = tf.buffer(shape);
      image.set(1e6, 0, 5, 5, 0);
      const x = image.toTensor() as tf.Tensor4D;
      const f = unitTensor(2, [3, 3, 16, 16]) as tf.Tensor4D;
      const got = computed(x, f, unitTensor(3, [...shape.slice(0, 3), 16]) as tf.Tensor4D);
      const want = exact(x.dataSync(), f.dataSync(), new Float64Array(12 * 12 * 16), shape);
      const largest = Math.max(...got.y.map((value, i) => Math.abs(value - want.y[i]!)));
      // A direct convolution gives exact zeros beyond the filter's reach.
      expect(Math.max(...got.directY.filter((_, i) => want.y[i] === 0).map(Math.abs))).toBe(0);
      expect(largest / Math.max(...want.y.map(Math.abs))).toBeLessThan(2e-6);
      expect(largest).toBeGreaterThan(0);
    });
  });
});
