import type { Checks } from '@ds/checks';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import { type SpectralPoolOptions, spectralChecks, spectralPoolOfAxes } from './spectral-pool.js';

/** Options of {@link spectralPool3d}. */
export type SpectralPool3dOptions = Omit<SpectralPoolOptions, 'path'>;

const { path: _path, ...checks } = spectralChecks(3);

/** The checks of {@link SpectralPool3dOptions}. */
export const SPECTRAL_3D_CHECKS: Checks<SpectralPool3dOptions> = checks;

/**
 * Spectral pooling of video and volumes: keeps the low frequencies of `rfft3(x)` and inverts at the
 * smaller size.
 *
 * The width has the half-spectrum, as in `spectralPool`. The depth and the height have the bands of
 * its rows: `d = floor(D/S_d)` and `h = floor(H/S_h)` are made even and at least 2, −h/2 is kept,
 * and +h/2 is not. The op takes the real part of the complex inverse.
 *
 * Shapes: x `[batch, depth, height, width, channels]`, strides ≥ 1 in input pixels per output
 * pixel, not only integers → `[batch, d, h, w, channels]`, or these sizes are `outputSize`.
 * Differentiable in x. It multiplies each axis by a small matrix.
 *
 * Paper: Rippel, Snoek & Adams, "Spectral representations for convolutional neural networks", 2015.
 * It pools images. This is its form for three axes.
 *
 * @param strides default 2.
 * @throws ConfigError if x is not a float32 tensor of rank 5, a stride is not a finite number ≥ 1,
 *   outputSize is not of integers from 2 up to the size of x, is odd along the depth or the height
 *   or is given with strides, or an option is unknown.
 */
export function spectralPool3d(
  x: Tensor5D,
  strides?: number | readonly [number, number, number],
  options: SpectralPool3dOptions = {},
): Tensor5D {
  return spectralPoolOfAxes('spectralPool3d', 3, x, strides, options, SPECTRAL_3D_CHECKS);
}
