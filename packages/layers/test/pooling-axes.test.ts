import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AsapPool,
  AvgBlurPool3D,
  BlurPool,
  BlurPool1D,
  DiffStride,
  FlcPool,
  FlcPool1D,
  FractionalAvgPool,
  FractionalAvgPool3D,
  FractionalMaxPool,
  MaxBlurPool,
  SpectralPool,
  SpectralPool1D,
  SpectralPool3D,
} from '../src/index.js';
import {
  apsPool,
  apsPool1d,
  apsPool3d,
  asapPool,
  avgBlurPool3d,
  blurFilter,
  blurPool1d,
  blurPool3d,
  flcPool,
  flcPool1d,
  flcPool3d,
  fractionalAvgPool1d,
  fractionalMaxPool1d,
  fractionalMaxPool3d,
  maxBlurPool1d,
  maxBlurPool3d,
} from '../src/ops.js';

const FLOAT32 = 1e-6;

beforeAll(() => useBackend('wasm'));

/** All index lists of a grid, in row-major order. */
function cells(sides: number[]): number[][] {
  return sides.reduce<number[][]>(
    (all, side) => all.flatMap((cell) => Array.from({ length: side }, (_, i) => [...cell, i])),
    [[]],
  );
}

/** The value of one image with one channel at a cell. */
function reader(x: tf.Tensor): (cell: number[]) => number {
  const values = x.dataSync();
  const sides = x.shape.slice(1, -1);
  return (cell) => values[cell.reduce((at, i, axis) => at * sides[axis]! + i, 0)]!;
}

const image = (sides: number[]) => unitTensor(sides.length, [1, ...sides, 1]);
const line = (n: number) => image([n]) as tf.Tensor3D;
const volume = (...sides: number[]) => image(sides) as tf.Tensor5D;

const near = (got: tf.Tensor, want: number[]) =>
  expect(relativeError(got.dataSync(), want)).toBeLessThan(FLOAT32);

describe('a blur', () => {
  /** `Σ Π_a taps_a[t_a] · x[S_a i_a + t_a − before_a]` with clamped positions, by sums. */
  function bySums(x: tf.Tensor, filters: number[][], strides: number[]): number[] {
    const at = reader(x);
    const sides = x.shape.slice(1, -1);
    return cells(sides.map((side, axis) => Math.ceil(side / strides[axis]!))).map((output) =>
      cells(filters.map(({ length }) => length)).reduce((sum, taps) => {
        const weight = taps.reduce((product, t, axis) => product * filters[axis]![t]!, 1);
        const from = taps.map((t, axis) => {
          const before = Math.floor((filters[axis]!.length - 1) / 2);
          return Math.min(
            Math.max(output[axis]! * strides[axis]! + t - before, 0),
            sides[axis]! - 1,
          );
        });
        return sum + weight * at(from);
      }, 0),
    );
  }

  it('is the sum over the taps of every axis', () => {
    tf.tidy(() => {
      const options = { padding: 'replicate' } as const;
      const x = line(11);
      const kaiser = blurFilter(3, { filter: 'kaiser' });
      near(blurPool1d(x, 3, { ...options, filter: 'kaiser' }), bySums(x, [kaiser], [3]));
      const v = volume(4, 5, 3);
      const filters = [[0.5, 0.5], [0.25, 0.5, 0.25], [1]];
      const got = blurPool3d(v, [2, 1, 2], { ...options, filterSize: [2, 3, 1] });
      expect(got.shape).toEqual([1, 2, 5, 2, 1]);
      near(got, bySums(v, filters, [2, 1, 2]));
    });
  });

  it('follows the maximum or the mean over windows', () => {
    tf.tidy(() => {
      const x = line(9);
      const longest = tf.maxPool(tf.reshape(x, [1, 1, 9, 1]) as tf.Tensor4D, [1, 3], 1, 'valid');
      const want = blurPool1d(tf.reshape(longest, [1, 7, 1]));
      near(maxBlurPool1d(x, 2, { poolSize: 3 }), [...want.dataSync()]);
      const v = volume(4, 5, 3);
      const one = { filterSize: 1 };
      near(maxBlurPool3d(v, 1, one), [...tf.maxPool3d(v, 2, 1, 'valid').dataSync()]);
      near(avgBlurPool3d(v, 1, one), [...tf.avgPool3d(v, 2, 1, 'valid').dataSync()]);
      expect(maxBlurPool3d(v, 2, { padding: 'circular' }).shape).toEqual([1, 2, 3, 2, 1]);
    });
  });

  it('counts the passes over three axes', () => {
    const layer = new AvgBlurPool3D({ filterSize: 3, poolSize: 2, padding: 'circular' });
    // Means: 2 taps for each of 4·5·6 values along each axis, which the border makes longer.
    const means = 2 * (4 * 6 * 7 + 4 * 5 * 7 + 4 * 5 * 6);
    expect(layer.multiplyAdds([], [4, 5, 6, 1])).toBe(
      means + 3 * (2 * 5 * 6 + 2 * 3 * 6 + 2 * 3 * 3),
    );
  });
});

describe('fractional pooling', () => {
  it.each([false, true])('is the maximum of every region (overlapping: %s)', (overlapping) => {
    tf.tidy(() => {
      const v = volume(5, 4, 7);
      const { output, boundaries } = fractionalMaxPool3d(v, { ratio: 1.6, overlapping, seed: 3 });
      const sizes = boundaries.map(({ length }) => length - 1);
      expect(sizes).toEqual([3, 2, 4]);
      const at = reader(v);
      const want = cells(sizes).map((region) => {
        const [begin, end] = [0, 1].map((next) =>
          region.map((i, axis) => boundaries[axis]![i + next]!),
        ) as [number[], number[]];
        const inside = (cell: number[]) =>
          cell.every(
            (p, axis) => p >= begin[axis]! && (overlapping ? p <= end[axis]! : p < end[axis]!),
          );
        return Math.max(...cells([5, 4, 7]).filter(inside).map(at));
      });
      near(output, want);
      const again = fractionalMaxPool3d(v, { boundaries, overlapping });
      near(again.output, want);
      expect(again.boundaries).toEqual(boundaries);
    });
  });

  it('takes boundaries along one axis, and draws other ones along each axis', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([3, 1, 4, 1, 5, 9], [1, 6, 1]);
      const boundaries = [[0, 1, 4, 6]];
      near(fractionalMaxPool1d(x, { boundaries }).output, [3, 4, 9]);
      near(fractionalAvgPool1d(x, { boundaries }).output, [3, 2, 7]);
      const drawn = fractionalMaxPool3d(volume(15, 15, 15), { outputSize: 10, seed: 1 }).boundaries;
      expect(new Set(drawn.map(String)).size).toBe(3);
    });
  });

  it('counts the means of its draws', () => {
    const layer = new FractionalAvgPool3D({ ratio: 2 });
    expect(layer.multiplyAdds([], [4, 4, 4, 2])).toBe(2 * (4 * 4 * 4 + 2 * 4 * 4 + 2 * 2 * 4));
  });
});

describe('frequency low cut', () => {
  /** `F⁻¹(crop(F x))` over all axes by sums, scaled to keep means. */
  function bySums(x: tf.Tensor, sizes: number[]): { re: number; im: number }[] {
    const at = reader(x);
    const sides = x.shape.slice(1, -1);
    const count = sides.reduce((product, side) => product * side, 1);
    const bands = cells(sizes).map((band) => band.map((f, a) => f - Math.floor(sizes[a]! / 2)));
    return cells(sizes).map((output) => {
      const sum = { re: 0, im: 0 };
      for (const band of bands)
        for (const pixel of cells(sides)) {
          const turns = band.reduce(
            (all, f, a) => all + f * (output[a]! / sizes[a]! - pixel[a]! / sides[a]!),
            0,
          );
          sum.re += (at(pixel) * Math.cos(2 * Math.PI * turns)) / count;
          sum.im += (at(pixel) * Math.sin(2 * Math.PI * turns)) / count;
        }
      return sum;
    });
  }

  // Even sizes keep a frequency without its mirror image, so these spectra are not symmetric.
  it.each<[number[], number[], number[]]>([
    [[9], [2], [4]],
    [[7], [1.4], [5]],
    [
      [4, 5, 6],
      [2, 1.2, 1.5],
      [2, 4, 4],
    ],
    [
      [4, 4, 3],
      [2, 2, 1],
      [2, 2, 3],
    ],
    [
      [3, 5, 4],
      [1, 1.6, 2],
      [3, 3, 2],
    ],
  ])('of %j at strides %j is that of the DFT', (sides, strides, sizes) => {
    tf.tidy(() => {
      const x = image(sides);
      const want = bySums(x, sizes);
      const pool = (modulus: boolean, outputSize?: number[]) => {
        const steps = outputSize ? undefined : strides;
        const options = { modulus, ...(outputSize && { outputSize }) };
        return sides.length === 1
          ? flcPool1d(x as tf.Tensor3D, steps as [number], options)
          : flcPool3d(x as tf.Tensor5D, steps as [number, number, number], options);
      };
      expect(pool(false).shape).toEqual([1, ...sizes, 1]);
      near(
        pool(false, sizes),
        want.map(({ re }) => re),
      );
      near(
        pool(false),
        want.map(({ re }) => re),
      );
      near(
        pool(true),
        want.map(({ re, im }) => Math.hypot(re, im)),
      );
    });
  });
});

describe('adaptive polyphase sampling', () => {
  it('keeps the grid of largest norm', () => {
    tf.tidy(() => {
      const v = volume(4, 5, 3);
      const at = reader(v);
      const strides = [2, 2, 3];
      const grids = cells(strides).map((start) =>
        cells([2, 3, 1]).map((cell) => {
          const pixel = cell.map((i, axis) => i * strides[axis]! + start[axis]!);
          return pixel[1]! < 5 ? at(pixel) : 0;
        }),
      );
      const norms = grids.map((grid) => grid.reduce((sum, value) => sum + value ** 2, 0));
      const want = grids[norms.indexOf(Math.max(...norms))]!;
      near(apsPool3d(v, [2, 2, 3]), want);
      const x = line(7);
      const wide = apsPool(tf.reshape(x, [1, 1, 7, 1]) as tf.Tensor4D, [1, 2]);
      near(apsPool1d(x), [...wide.dataSync()]);
    });
  });
});

it('frequency low cut and its window take an output size instead of strides', () => {
  tf.tidy(() => {
    const x = unitTensor(8, [1, 9, 10, 2]) as tf.Tensor4D;
    for (const [pool, Layer] of [
      [flcPool, FlcPool],
      [asapPool, AsapPool],
    ] as const) {
      const want = [...pool(x, [3, 2]).dataSync()];
      near(pool(x, undefined, { outputSize: [3, 5] }), want);
      const layer = new Layer({ outputSize: [3, 5] });
      expect(layer.computeOutputShape([null, null, null, 2])).toEqual([null, 3, 5, 2]);
      near(
        Layer.fromConfig<FlcPool | AsapPool>(Layer, layer.getConfig()).apply(x) as tf.Tensor,
        want,
      );
      const large = () => pool(x, undefined, { outputSize: [10, 5] });
      expect(large).toThrow("outputSize must be at most [9, 10], the input's, got [10, 5]");
    }
  });
});

it('matrices and counts name the called method in errors', () => {
  const line = new BlurPool1D();
  expect(() => line.axisMatrices([1])).toThrow('BlurPool1D.axisMatrices: x must be larger');
  expect(() => line.multiplyAdds([1, 1], [1, 1])).toThrow(
    'BlurPool1D.multiplyAdds: x must be larger',
  );
  const blur = new BlurPool();
  expect(() => blur.matrices([1, 4])).toThrow('BlurPool.matrices: x must be larger');
  const cut = new FlcPool({ outputSize: 9 });
  expect(() => cut.matrices!([4, 4])).toThrow('FlcPool.matrices: outputSize must be at most');
  const signal = new FlcPool1D({ outputSize: 9 });
  expect(() => signal.multiplyAdds([9, 1], [4, 1])).toThrow(
    'FlcPool1D.multiplyAdds: outputSize must be at most',
  );
  for (const layer of [
    cut,
    new AsapPool({ outputSize: 8 }),
    new SpectralPool({ outputSize: 8 }),
    new FractionalAvgPool({ outputSize: 8 }),
  ]) {
    const name = layer.getClassName().replace('ds>', '');
    expect(() => layer.multiplyAdds([8, 8, 1], [4, 4, 1])).toThrow(
      `${name}.multiplyAdds: outputSize must be `,
    );
  }
  const spectral = new SpectralPool({ outputSize: 8 });
  expect(() => spectral.axisMatrices([4, 4])).toThrow('SpectralPool.axisMatrices: outputSize');
  expect(() => spectral.matrices([4, 0])).toThrow('SpectralPool.matrices: input[');
  const asap = new AsapPool({ outputSize: 8 });
  expect(() => asap.matrices([4, 4])).toThrow('AsapPool.matrices: outputSize must be at most');
  const learned = new DiffStride();
  learned.build([null, 4, 4, 1]);
  expect(() => learned.matrices([4, 0])).toThrow('DiffStride.matrices: input[');
  expect(() => learned.axisMatrices([4, 0])).toThrow('DiffStride.axisMatrices: input[');
  expect(() => learned.multiplyAdds([2, 2, 1], [4, 0, 1])).toThrow(
    'DiffStride.multiplyAdds: input[',
  );
  tf.dispose(learned.strideVariable!);
});

it('a layer refuses an output size above its input as soon as a model is built', () => {
  const outputSize = 8;
  const layers: [tf.layers.Layer, number[]][] = [
    [new SpectralPool({ outputSize }), [4, 4, 3]],
    [new SpectralPool1D({ outputSize }), [4, 3]],
    [new SpectralPool3D({ outputSize }), [8, 8, 4, 3]],
    [new FlcPool({ outputSize }), [4, 8, 3]],
    [new FlcPool1D({ outputSize }), [7, 3]],
    [new AsapPool({ outputSize }), [4, 4, 3]],
    [new BlurPool({ outputSize }), [4, 4, 3]],
    [new MaxBlurPool({ outputSize }), [8, 8, 3]],
    [new FractionalMaxPool({ outputSize }), [4, 4, 3]],
  ];
  for (const [layer, shape] of layers) {
    const name = layer.getClassName().replace('ds>', '');
    const message = `${name}: outputSize must be `;
    expect(() => layer.apply(tf.input({ shape })), name).toThrow(message);
    const unknown = [null, ...shape.map((_, axis) => (axis < shape.length - 1 ? null : 3))];
    expect((layer.computeOutputShape(unknown) as number[])[1], name).toBe(8);
  }
  const spectral = new SpectralPool({ outputSize });
  expect(() => spectral.computeOutputShape([null, null, 4, 3])).toThrow(
    "SpectralPool: outputSize must be at most [any, 4], the input's, got [8, 8]",
  );
  expect(spectral.computeOutputShape([null, 8, 9, 3])).toEqual([null, 8, 8, 3]);
});

it('a layer of one axis has no data format', () => {
  expect(new FlcPool1D().getConfig()).not.toHaveProperty('dataFormat');
  const wrong = () => new FlcPool1D({ dataFormat: 'channelsFirst' } as object);
  expect(wrong).toThrow("FlcPool1D: config must have no 'dataFormat'");
  const rank2 = () => blurPool1d(tf.ones([1, 4, 4, 1]) as unknown as tf.Tensor3D);
  expect(rank2).toThrow('blurPool1d: x must have rank 3 ([batch, width, channels])');
});
