import { type Checks, requireArray, requireOptions } from '@ds/checks';
import { maxOverAxes, type Regions } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { requireImage } from './data-format.js';
import {
  drawChecks,
  type FractionalDrawOptions,
  type GivenBoundaries,
  poolFractions,
  regionsOfAxes,
  requireOneWay,
} from './fractional-axes.js';
import { meanOverAxes } from './region-mean.js';

/** Options of {@link fractionalMaxPool} and {@link fractionalAvgPool}. */
export interface FractionalPoolOptions extends FractionalDrawOptions<2> {
  /** Row boundaries 0 = a_0 < … < a_n = height. They replace `ratio` and `outputSize`. */
  rows?: number[];
  /** Column boundaries. Give both `rows` and `columns`, or neither. */
  columns?: number[];
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
 * (overlapping). The whole batch and all channels use one draw. The gradient of a region goes to
 * its maximum, and to the first one in row-major order on a tie. It adds up where regions overlap.
 * `output` is differentiable in x.
 *
 * Placement: where a max-pooling layer was, after a convolution. It may be before or after the
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
  return pool('fractionalMaxPool', x, options, maxOverAxes);
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
  return pool('fractionalAvgPool', x, options, meanOverAxes);
}

function pool(
  op: string,
  x: Tensor4D,
  options: FractionalPoolOptions,
  reduce: (image: Tensor4D, regions: Regions[]) => Tensor4D,
): FractionalPoolResult {
  requireImage(op, x);
  requireOptions(op, 'options', options, FRACTIONAL_CHECKS);
  const { draw, given } = requireWay(op, options);
  const { output, boundaries } = poolFractions(op, 2, x, draw, given, reduce);
  return { output, rows: boundaries[0]!, columns: boundaries[1]! };
}

/** The options of a draw, or the boundaries that the caller gives. */
function requireWay(
  op: string,
  options: FractionalPoolOptions,
): { draw: FractionalDrawOptions<2>; given: GivenBoundaries | null } {
  requireOneWay(op, options, 'rows with columns', ['rows', 'columns']);
  const { rows, columns, ...draw } = options;
  const given =
    rows && columns ? { names: ['rows', 'columns'], lists: [[...rows], [...columns]] } : null;
  return { draw, given };
}

/** The regions of a pooling, for images of these sides. */
export function fractionalRegions(
  op: string,
  sides: readonly number[],
  options: FractionalPoolOptions,
): FractionalRegions {
  const { draw, given } = requireWay(op, options);
  const [rows, columns] = regionsOfAxes(op, 2, sides, draw, given).regions as [Regions, Regions];
  return { rows, columns };
}

/** The regions along both axes, each as [start, end), for images of one size. */
export interface FractionalRegions {
  rows: Regions;
  columns: Regions;
}

/** The checks of {@link FractionalPoolOptions}. */
export const FRACTIONAL_CHECKS: Checks<FractionalPoolOptions> = {
  ...drawChecks(2),
  // The allowed values depend on the image.
  rows: requireArray,
  columns: requireArray,
};
