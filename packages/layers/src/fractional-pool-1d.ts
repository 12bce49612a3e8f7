import { maxOverAxes } from '@ds/kernels';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type FractionalDrawOptions, poolFractionsOrGiven } from './fractional-axes.js';
import { meanOverAxes } from './region-mean.js';

/** Options of {@link fractionalMaxPool1d} and {@link fractionalAvgPool1d}. */
export interface FractionalPool1dOptions extends Omit<FractionalDrawOptions<1>, 'dataFormat'> {
  /** Boundaries 0 = a_0 < … < a_n = size for each axis. They replace `ratio` and `outputSize`. */
  boundaries?: number[][];
}

/** The result of fractional pooling: the output, and the boundaries of its regions. */
export interface FractionalPool1dResult {
  output: Tensor3D;
  /** One list for each axis. */
  boundaries: number[][];
}

/**
 * `fractionalMaxPool` for sound and other signals (Graham 2014): the maximum over regions of random
 * sizes, drawn for each axis.
 *
 * Shapes: x `[batch, width, channels]` → output `[batch, w, channels]` with `w = floor(W/ratio)`,
 * or the size from `outputSize` or from the given boundaries. `output` is differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 3, not exactly one of ratio, outputSize and
 *   boundaries is given, a size is out of range, or boundaries do not rise from 0 to the size.
 */
export function fractionalMaxPool1d(
  x: Tensor3D,
  options: FractionalPool1dOptions,
): FractionalPool1dResult {
  return poolFractionsOrGiven('fractionalMaxPool1d', 1, x, options, maxOverAxes);
}

/**
 * {@link fractionalMaxPool1d} with the mean over the same regions instead of the maximum.
 *
 * @throws ConfigError as {@link fractionalMaxPool1d}.
 */
export function fractionalAvgPool1d(
  x: Tensor3D,
  options: FractionalPool1dOptions,
): FractionalPool1dResult {
  return poolFractionsOrGiven('fractionalAvgPool1d', 1, x, options, meanOverAxes);
}
