import { useBackend } from '@ds/backend';
import { gradientErrors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  DiffStride1D,
  DiffStride3D,
  diffStride1d,
  diffStride3d,
  SpectralPool1D,
  SpectralPool3D,
  spectralPool1d,
  spectralPool3d,
} from '../src/index.js';

const FLOAT32 = 2e-5;

/** A kept bin: its index in the input's and in the output's spectrum, and the share it counts. */
interface Bin {
  source: number;
  target: number;
  share: number;
}

interface Axis {
  input: number;
  output: number;
  bins: Bin[];
}

/** A bin of a half-spectrum also represents its mirror image, unless it is its own. */
const share = (bin: number, output: number) => (bin === 0 || 2 * bin === output ? 1 : 2);

function spectralAxis(input: number, stride: number, isLast: boolean): Axis {
  const reduced = Math.floor(input / stride);
  if (isLast) {
    const output = Math.max(reduced, 2);
    const count = Math.min(Math.floor(output / 2), Math.floor(input / 2)) + 1;
    const bins = [...Array(count).keys()].map((bin) => ({
      source: bin,
      target: bin,
      share: share(bin, output),
    }));
    return { input, output, bins };
  }
  const half = Math.max(1, Math.floor(reduced / 2));
  const bins = [...Array(2 * half).keys()].map((target) => ({
    source: target < half ? target : input - 2 * half + target,
    target,
    share: 1,
  }));
  return { input, output: 2 * half, bins };
}

type Alignment = 'published' | 'symmetric';

/** The distance of a row from zero frequency, as `rowDistances` of the masks defines it. */
function distanceOf(row: number, size: number, alignment: Alignment): number {
  const k = 2 * row < size ? row : row - size;
  if (alignment === 'symmetric') return Math.abs(k);
  const isMiddle = size % 2 === 1 && 2 * row === size - 1;
  if (k < 0 || isMiddle) return isMiddle ? k : -k - 1;
  return size % 2 === 1 ? k + 1 : k;
}

/** The axis of DiffStride. The crop follows from `kept`, and the mask from `stride`. */
function maskedAxis(
  input: number,
  kept: number,
  stride: number,
  smoothness: number,
  isLast: boolean,
  alignment: Alignment,
): Axis {
  const half = (S: number) => Math.max(input / S, 2) / 2 + (isLast ? 1 : 0);
  const mask = (d: number, S: number) =>
    Math.min(Math.max((smoothness + half(S) - d) / smoothness, 0), 1);
  const rows = isLast ? Math.floor(input / 2) + 1 : input;
  const distances = [...Array(rows).keys()].map((row) =>
    isLast ? row : distanceOf(row, input, alignment),
  );
  const sources = distances.flatMap((d, row) => (mask(d, kept) > 0 ? [row] : []));
  const output = isLast ? Math.max(1, 2 * (sources.length - 1)) : sources.length;
  const bins = sources.map((source, at) => {
    const target = isLast ? source : at;
    const value = mask(distances[source]!, stride);
    return { source, target, share: value * (isLast ? share(target, output) : 1) };
  });
  return { input, output, bins };
}

/** All combinations of one item for each list, the last list fastest. */
function combinations<T>(lists: T[][]): T[][] {
  return lists.reduce<T[][]>(
    (found, list) => found.flatMap((one) => list.map((item) => [...one, item])),
    [[]],
  );
}

const indices = (size: number) => [...Array(size).keys()];

/** The pooling as one dense matrix, by a sum over all kept bins of the N-D spectrum. */
function denseMatrix(axes: Axis[]): number[][] {
  const outputs = combinations(axes.map(({ output }) => indices(output)));
  const inputs = combinations(axes.map(({ input }) => indices(input)));
  const bins = combinations(axes.map((axis) => axis.bins));
  const scale = axes.reduce((all, { input, output }) => all / Math.sqrt(input * output), 1);
  return outputs.map((to) =>
    inputs.map((from) =>
      bins.reduce((sum, bin) => {
        let [weight, turns] = [scale, 0];
        bin.forEach(({ source, target, share: part }, a) => {
          weight *= part;
          turns += (target * to[a]!) / axes[a]!.output - (source * from[a]!) / axes[a]!.input;
        });
        return sum + weight * Math.cos(2 * Math.PI * turns);
      }, 0),
    ),
  );
}

const times = (matrix: number[][], x: ArrayLike<number>) =>
  matrix.map((row) => row.reduce((sum, value, p) => sum + value * x[p]!, 0));
const transposed = (matrix: number[][]) => matrix[0]!.map((_, p) => matrix.map((row) => row[p]!));

type Op = (x: tf.Tensor, strides: number[] | tf.Tensor1D) => tf.Tensor;

/** Compares an op on one channel with a dense matrix, forward and backward. */
function expectMatrix(op: (x: tf.Tensor) => tf.Tensor, axes: Axis[]) {
  const matrix = denseMatrix(axes);
  const x = unitTensor(5, [1, ...axes.map(({ input }) => input), 1]);
  const y = op(x);
  expect(y.shape).toEqual([1, ...axes.map(({ output }) => output), 1]);
  expect(relativeError(y.dataSync(), times(matrix, x.dataSync()))).toBeLessThan(FLOAT32);
  const dy = unitTensor(6, y.shape);
  const dx = tf.grad(op)(x, dy).dataSync();
  expect(relativeError(dx, times(transposed(matrix), dy.dataSync()))).toBeLessThan(FLOAT32);
}

/** Sides, strides and smoothness. No side is so small that it raises its stride. */
const STRIDED: [number[], number[], number][] = [
  [[13], [2.3], 1.3],
  [[12], [1.4], 2],
  [[2], [3], 0.5],
  [[4, 3, 6], [1.8, 1.6, 2.2], 1],
  [[2, 5, 4], [2.5, 1.5, 2.6], 0.7],
  [[1, 3, 1], [1, 1.2, 1], 0.4],
];
const FIXED: [number[], number[]][] = [
  [[1], [1]],
  [[2], [2]],
  [[13], [1.7]],
  [[12], [20]],
  [
    [3, 4, 5],
    [1.5, 2, 1.3],
  ],
  [
    [5, 1, 6],
    [2, 3, 2],
  ],
  [
    [4, 7, 2],
    [1, 1, 1],
  ],
];

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(FIXED)('spectral pooling of %j by %j is a sum over the spectrum', (sides, strides) => {
    tf.tidy(() => {
      const last = sides.length - 1;
      const axes = sides.map((side, axis) => spectralAxis(side, strides[axis]!, axis === last));
      if (sides.length === 3) {
        expectMatrix(
          (x) => spectralPool3d(x as tf.Tensor5D, strides as [number, number, number]),
          axes,
        );
        return;
      }
      for (const path of ['matrices', 'fft'] as const) {
        expectMatrix((x) => spectralPool1d(x as tf.Tensor3D, strides as [number], { path }), axes);
      }
    });
  });

  it.each(STRIDED)('DiffStride of %j at %j with R = %d is a sum over the spectrum', (...given) => {
    const [sides, strides, smoothness] = given;
    const last = sides.length - 1;
    tf.tidy(() => {
      for (const alignment of ['published', 'symmetric'] as const) {
        const axesAt = (each: number[]) =>
          sides.map((side, axis) =>
            maskedAxis(side, strides[axis]!, each[axis]!, smoothness, axis === last, alignment),
          );
        const ops: Op[] =
          sides.length === 3
            ? [
                (x, s) =>
                  diffStride3d(x as tf.Tensor5D, s as tf.Tensor1D, { smoothness, alignment }),
              ]
            : (['auto', 'matrices', 'fft'] as const).map(
                (path): Op =>
                  (x, s) =>
                    diffStride1d(x as tf.Tensor3D, s as tf.Tensor1D, { smoothness, path }),
              );
        const step = 1e-5;
        const slopes = strides.map((stride, axis) => {
          const [above, below] = [stride + step, stride - step].map((moved) =>
            denseMatrix(axesAt(strides.with(axis, moved))),
          );
          return above!.map((row, i) =>
            row.map((value, p) => (value - below![i]![p]!) / (2 * step)),
          );
        });
        for (const op of ops) {
          expectMatrix((x) => op(x, strides), axesAt(strides));
          // The gradient of the strides, for eight channels: a kernel may run.
          const x = unitTensor(7, [1, ...sides, 8]);
          const at = tf.tensor1d(strides);
          const dy = unitTensor(8, op(x, at).shape);
          const got = tf
            .grad((s) => tf.sum(tf.mul(op(x, s as tf.Tensor1D), dy)))(at)
            .dataSync();
          const lines = (t: tf.Tensor) =>
            tf.transpose(tf.reshape(t, [-1, 8]) as tf.Tensor2D).arraySync();
          const [inputs, upstream] = [lines(x), lines(dy)];
          slopes.forEach((matrix, axis) => {
            const want = inputs.reduce(
              (sum, line, c) =>
                sum + times(matrix, line).reduce((s, value, i) => s + value * upstream[c]![i]!, 0),
              0,
            );
            expect(Math.abs(got[axis]! - want)).toBeLessThan(2e-4 * Math.max(1, Math.abs(want)));
          });
        }
      }
    });
  });
});

describe('the layers of one and three axes', () => {
  beforeAll(() => useBackend('cpu'));

  it('pool as their ops, with one weight for each axis or one for all', () => {
    const sound = new DiffStride1D({ strides: 1.7, smoothness: 1 });
    const video = new DiffStride3D({ strides: [1.5, 2, 2.2], smoothness: 1 });
    const shared = new DiffStride3D({ strides: 1.6, smoothness: 1, sharedStride: true });
    tf.tidy(() => {
      const line = unitTensor(1, [1, 12, 2]) as tf.Tensor3D;
      const cube = unitTensor(2, [1, 5, 6, 7, 2]) as tf.Tensor5D;
      const same = (a: unknown, b: tf.Tensor) =>
        expect([...(a as tf.Tensor).dataSync()]).toEqual([...b.dataSync()]);
      same(sound.apply(line), diffStride1d(line, tf.tensor1d([1.7]), { smoothness: 1 }));
      same(video.apply(cube), diffStride3d(cube, tf.tensor1d([1.5, 2, 2.2]), { smoothness: 1 }));
      same(shared.apply(cube), diffStride3d(cube, tf.tensor1d([1.6]), { smoothness: 1 }));
      same(new SpectralPool1D({ strides: 3 }).apply(line), spectralPool1d(line, 3));
      const fixed = new SpectralPool3D({ strides: [1, 2, 3] });
      same(fixed.apply(cube), spectralPool3d(cube, [1, 2, 3]));
      expect(fixed.computeOutputShape([null, 5, 6, 7, 2])).toEqual([null, 4, 2, 2, 2]);
      expect(sound.outputSize([12])).toEqual([(sound.apply(line) as tf.Tensor).shape[1]]);
      expect(video.outputSize([5, 6, 7])).toEqual(
        (video.apply(cube) as tf.Tensor).shape.slice(1, 4),
      );
    });
    expect(sound.strideVariable!.shape).toEqual([1]);
    expect(video.strideVariable!.shape).toEqual([3]);
    expect(shared.strideVariable!.shape).toEqual([1]);
    expect(shared.strides.map((stride) => stride.toFixed(2))).toEqual(['1.60', '1.60', '1.60']);
  });

  it('project their strides, and say what does not shrink', () => {
    const limited = new DiffStride3D({ strides: [1, 3, 9], lowerLimit: 2, upperLimit: 4 });
    expect(limited.strides).toEqual([2, 3, 4]);
    expect(limited.computeOutputShape([2, 4, 5, 6, 1])).toEqual([2, null, null, null, 1]);
    expect(new DiffStride1D({ strides: 2 }).reductionNote([16])).toContain(
      'strides [2] leave a map of 16 at 16. With smoothness R = 4 the masks keep every frequency ' +
        'of the width. An axis shrinks only if width: R + 16/(2·S) <= 7',
    );
    expect(new DiffStride3D({ strides: 2 }).reductionNote([16, 8, 64])).toContain(
      'every frequency of the depth and the height',
    );
  });

  it('has the gradient of finite differences where the strides are shared', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [1, 5, 6, 7, 1]);
      const op = (image: tf.Tensor, strides: tf.Tensor) =>
        diffStride3d(image as tf.Tensor5D, strides as tf.Tensor1D, { smoothness: 1.2 });
      const errors = gradientErrors(op, [x, tf.tensor1d([1.7])], [0.5, 1e-3]);
      expect(errors[0]).toBeLessThan(1e-5);
      expect(errors[1]).toBeLessThan(2e-2);
    });
  });

  it('refuses other ranks, strides and options by name', () => {
    const line = tf.ones([1, 8, 1]) as tf.Tensor3D;
    const cube = tf.ones([1, 4, 4, 4, 1]) as tf.Tensor5D;
    expect(() => spectralPool1d(cube as tf.Tensor as tf.Tensor3D, 2)).toThrow(
      'spectralPool1d: x must have rank 3',
    );
    expect(() => spectralPool3d(cube, [2, 2] as never)).toThrow(
      'spectralPool3d: strides must be a number or [S_d, S_h, S_w]',
    );
    expect(() => diffStride3d(cube, tf.tensor1d([2, 2]))).toThrow(
      'diffStride3d: strides must have shape [3] ([S_d, S_h, S_w]) or [1] (shared), got shape [2]',
    );
    expect(() => diffStride1d(line, tf.tensor1d([2, 2]))).toThrow(
      'diffStride1d: strides must have shape [1] ([S]), got shape [2]',
    );
    expect(() => diffStride1d(line, 2, { outputSize: [5] })).toThrow(
      'diffStride1d: outputSize must be a size that a crop of [8] can give',
    );
    const huge = 2 ** 20 + 1;
    expect(() => diffStride1d(line, 2, { outputSize: [huge] })).toThrow(
      'must be an integer in 1 … 1048576',
    );
    const sized = { outputSize: [huge, 4, 4] as [number, number, number] };
    expect(() => diffStride3d(cube, 2, sized)).toThrow('must be an integer in 1 … 1048576');
    expect(() => new DiffStride1D({ alignment: 'symmetric' } as never)).toThrow(
      "DiffStride1D: config must have no 'alignment'",
    );
    expect(() => new DiffStride3D({ strides: [1, 2, 3], sharedStride: true })).toThrow(
      'DiffStride3D: strides must be equal with sharedStride, got [1, 2, 3]',
    );
    tf.dispose([line, cube]);
  });
});
