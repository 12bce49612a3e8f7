import { maxOverAxes } from '@ds/kernels';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import { type FractionalDrawOptions, poolFractionsOrGiven } from './fractional-axes.js';
import { meanOverAxes } from './region-mean.js';

/** Options of {@link fractionalMaxPool3d} and {@link fractionalAvgPool3d}. */
export interface FractionalPool3dOptions extends FractionalDrawOptions<3> {
  /** Boundaries 0 = a_0 < … < a_n = size for each axis. They replace `ratio` and `outputSize`. */
  boundaries?: number[][];
}

/** The result of fractional pooling: the output, and the boundaries of its regions. */
export interface FractionalPool3dResult {
  output: Tensor5D;
  /** One list for each axis. */
  boundaries: number[][];
}

/**
 * `fractionalMaxPool` for video and volumes (Graham 2014): the maximum over regions of random
 * sizes, drawn for each axis.
 *
 * Shapes: x `[batch, depth, height, width, channels]` → output `[batch, d, h, w, channels]` with `d
 * = floor(D/ratio)`, or the size from `outputSize` or from the given boundaries. `output` is
 * differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 5, not exactly one of ratio, outputSize and
 *   boundaries is given, a size is out of range, or boundaries do not rise from 0 to the size.
 */
export function fractionalMaxPool3d(
  x: Tensor5D,
  options: FractionalPool3dOptions,
): FractionalPool3dResult {
  return poolFractionsOrGiven('fractionalMaxPool3d', 3, x, options, maxOverAxes);
}

/**
 * {@link fractionalMaxPool3d} with the mean over the same regions instead of the maximum.
 *
 * @throws ConfigError as {@link fractionalMaxPool3d}.
 */
export function fractionalAvgPool3d(
  x: Tensor5D,
  options: FractionalPool3dOptions,
): FractionalPool3dResult {
  return poolFractionsOrGiven('fractionalAvgPool3d', 3, x, options, meanOverAxes);
}
