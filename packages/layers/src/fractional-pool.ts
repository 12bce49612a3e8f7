import {
  type Checks,
  ConfigError,
  refuse,
  requireArray,
  requireBoolean,
  requireInteger,
  requireOptions,
} from '@ds/checks';
import { maxOverRegions, type Regions } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { fractionalSequence } from './fractional-sequence.js';
import { tapsMultiplyAdds } from './multiply-adds.js';
import { meanOverRegions, meanTaps } from './region-mean.js';

/** Options of {@link fractionalMaxPool} and {@link fractionalAvgPool}. */
export interface FractionalPoolOptions {
  /** Input size over output size, ≥ 1, one number for both axes. Excludes `outputSize`. */
  ratio?: number | [number, number];
  /** Output [height, width], or one number for both. Excludes `ratio`. */
  outputSize?: number | [number, number];
  /** Whether neighbouring regions share their boundary. Default false. */
  overlapping?: boolean;
  /** Whether to draw Graham's pseudorandom, regular sequences. Default false: random sequences. */
  pseudoRandom?: boolean;
  /** Seed of the regions. Without a seed, each call draws new regions. */
  seed?: number;
  /** Row boundaries 0 = a_0 < … < a_n = height. They replace `ratio` and `outputSize`. */
  rows?: number[];
  /** Column boundaries. Give both `rows` and `columns`, or neither. */
  columns?: number[];
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The result of fractional pooling: the output, and the boundaries of its regions. */
export interface FractionalPoolResult {
  output: Tensor4D;
  rows: number[];
  columns: number[];
}

/**
 * Fractional max-pooling (Graham 2014, arXiv 1412.6071): the maximum over regions of random sizes.
 * The ratio of input to output size may be any number ≥ 1, such as √2.
 *
 * The boundaries along an axis are those of TensorFlow, 0 = a_0 < … < a_n = size; see
 * `fractionalSequence`. Regions are [a_i, a_{i+1}) (disjoint), or [a_i, a_{i+1}] within the image
 * (overlapping). One draw serves the whole batch and all channels. The gradient of a region goes to
 * its maximum, and to the first one in row-major order on a tie. It adds up where regions overlap.
 * `output` is differentiable in x.
 *
 * Placement: where a max-pooling layer was, after a convolution. It may stand before or after the
 * ReLU, because maximum and ReLU commute. A ratio of 2 on even sizes is ordinary 2×2 max-pooling.
 *
 * Shapes: x `[batch, height, width, channels]` → output `[batch, h, w, channels]` with
 * `h = floor(H/ratio)`, or the size from `outputSize` or from the given boundaries.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, not exactly one of ratio, outputSize
 *   and boundaries is given, a size is out of range, or boundaries do not rise from 0 to the size.
 */
export function fractionalMaxPool(
  x: Tensor4D,
  options: FractionalPoolOptions,
): FractionalPoolResult {
  return pool('fractionalMaxPool', x, options, maxOverRegions);
}

/**
 * {@link fractionalMaxPool} with the mean over the same regions instead of the maximum.
 *
 * @throws ConfigError as {@link fractionalMaxPool}.
 */
export function fractionalAvgPool(
  x: Tensor4D,
  options: FractionalPoolOptions,
): FractionalPoolResult {
  return pool('fractionalAvgPool', x, options, meanOverRegions);
}

function pool(
  op: string,
  x: Tensor4D,
  options: FractionalPoolOptions,
  reduce: (image: Tensor4D, rows: Regions, columns: Regions) => Tensor4D,
): FractionalPoolResult {
  requireImage(op, x);
  requireOptions(op, 'options', options, FRACTIONAL_CHECKS);
  const { overlapping = false, dataFormat = 'channelsLast' } = options;
  const [height, width] =
    dataFormat === 'channelsLast' ? [x.shape[1], x.shape[2]] : [x.shape[2], x.shape[3]];
  const { rows, columns } = boundaries(op, [height, width], options);
  const output = inChannelsLast(x, dataFormat, (image) =>
    tidy(() => reduce(image, regionsOf(rows, overlapping), regionsOf(columns, overlapping))),
  );
  return { output, rows, columns };
}

function regionsOf(boundaries: number[], overlapping: boolean): Regions {
  const size = boundaries.at(-1)!;
  return boundaries
    .slice(0, -1)
    .map((start, i) => [start, Math.min(boundaries[i + 1]! + (overlapping ? 1 : 0), size)]);
}

/** The regions along both axes, each as [start, end), for images of one size. */
export interface FractionalRegions {
  rows: Regions;
  columns: Regions;
}

/** The regions of a draw, for images of size `input`, [H, W]. */
export function fractionalRegions(
  op: string,
  input: [number, number],
  options: FractionalPoolOptions,
): FractionalRegions {
  const { rows, columns } = boundaries(op, input, options);
  const { overlapping = false } = options;
  return { rows: regionsOf(rows, overlapping), columns: regionsOf(columns, overlapping) };
}

/**
 * Multiply-adds of {@link fractionalAvgPool} for one image of size [H, W, C], at the regions of the
 * seed.
 */
export function fractionalAvgMultiplyAdds(
  image: [number, number, number],
  options: FractionalPoolOptions,
): number {
  const input: [number, number] = [image[0], image[1]];
  const { rows, columns } = fractionalRegions('fractionalAvgPool', input, options);
  return tapsMultiplyAdds(meanTaps(rows), meanTaps(columns), image);
}

function boundaries(
  op: string,
  input: [number, number],
  options: FractionalPoolOptions,
): { rows: number[]; columns: number[] } {
  const { rows, columns, ratio, outputSize, pseudoRandom = false } = options;
  const ways = [rows ?? columns, ratio, outputSize].filter((given) => given !== undefined).length;
  if (ways !== 1 || (rows === undefined) !== (columns === undefined)) {
    const names = ['ratio', 'outputSize', 'rows', 'columns'] as const;
    const given = names.filter((name) => options[name] !== undefined);
    throw new ConfigError(
      `${op}: exactly one of ratio, outputSize, and rows with columns must be given, ` +
        `got ${given.join(', ') || 'none'}`,
    );
  }
  if (rows && columns) {
    requireBoundaries(op, 'rows', rows, input[0]);
    requireBoundaries(op, 'columns', columns, input[1]);
    return { rows: rows.slice(), columns: columns.slice() };
  }
  const size = outputSizes(op, input, options);
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  return {
    rows: fractionalSequence(input[0], size[0], { pseudoRandom, seed, stream: 0 }),
    columns: fractionalSequence(input[1], size[1], { pseudoRandom, seed, stream: 1 }),
  };
}

/** The output [height, width] from `ratio` or `outputSize`. */
export function outputSizes(
  op: string,
  input: [number, number],
  { ratio, outputSize }: Pick<FractionalPoolOptions, 'ratio' | 'outputSize'>,
): [number, number] {
  if (ratio !== undefined) {
    const ratios = requireRatio(op, ratio);
    return [0, 1].map((axis) => Math.max(1, Math.floor(input[axis]! / ratios[axis]!))) as [
      number,
      number,
    ];
  }
  const sizes = typeof outputSize === 'number' ? [outputSize, outputSize] : outputSize;
  const fits = (size: number, axis: number) =>
    Number.isInteger(size) && size >= 1 && size <= input[axis]!;
  if (!Array.isArray(sizes) || sizes.length !== 2 || !sizes.every(fits)) {
    refuse(op, 'outputSize', `be integers in 1 … [${input.join(', ')}]`, sizes);
  }
  return sizes as [number, number];
}

/** Checks a ratio, and returns one per axis. */
function requireRatio(op: string, ratio: unknown): [number, number] {
  const ratios = typeof ratio === 'number' ? [ratio, ratio] : ratio;
  const isRatio = Array.isArray(ratios) && ratios.length === 2;
  if (!isRatio || !ratios.every((r) => Number.isFinite(r) && r >= 1)) {
    refuse(op, 'ratio', 'be >= 1', ratios);
  }
  return ratios as [number, number];
}

/** The checks of {@link FractionalPoolOptions}. */
export const FRACTIONAL_CHECKS: Checks<FractionalPoolOptions> = {
  ratio: (op, _name, ratio) => requireRatio(op, ratio),
  // `outputSizes` checks it, because the allowed values depend on the image.
  outputSize: () => {},
  overlapping: requireBoolean,
  pseudoRandom: requireBoolean,
  seed: requireInteger,
  // The allowed values depend on the image.
  rows: requireArray,
  columns: requireArray,
  dataFormat: checkDataFormat,
};

function requireBoundaries(op: string, name: string, list: number[], size: number): void {
  const rises = list.every(
    (value, i) => Number.isInteger(value) && (i === 0 ? value === 0 : value > list[i - 1]!),
  );
  if (list.length < 2 || !rises || list.at(-1) !== size) {
    throw new ConfigError(
      `${op}: ${name} must rise from 0 to ${size} in integers, got [${list.join(', ')}]`,
    );
  }
}
