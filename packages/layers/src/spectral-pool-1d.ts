import type { Checks } from '@ds/checks';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type SpectralPoolOptions, spectralChecks, spectralPoolOfAxes } from './spectral-pool.js';

/** Options of {@link spectralPool1d}. */
export type SpectralPool1dOptions = Omit<SpectralPoolOptions, 'dataFormat'>;

const { dataFormat: _dataFormat, ...checks } = spectralChecks(1);

/** The checks of {@link SpectralPool1dOptions}. */
export const SPECTRAL_1D_CHECKS: Checks<SpectralPool1dOptions> = checks;

/**
 * Spectral pooling of sound and other sequences: keeps the low frequencies of `rfft(x)` and inverts
 * at the smaller size.
 *
 * It is `spectralPool` along the width alone: it keeps bins [0, floor(w/2) + 1) with
 * `w = max(floor(W/S), 2)`. The half-spectrum has no negative frequencies, so it has no published
 * quirk of the rows. Stride 1 is the identity for W > 1.
 *
 * Shapes: x `[batch, width, channels]`, stride ≥ 1 in input samples per output sample, not only
 * integers → `[batch, w, channels]`, or w is `outputSize`. Differentiable in x. Long signals use
 * the FFT, others a small matrix, as `spectralPath([batch, 1, W, channels], [1, w])` estimates.
 *
 * Paper: Rippel, Snoek & Adams, "Spectral representations for convolutional neural networks", 2015.
 * It pools images. This is its form for one axis.
 *
 * @param strides default 2.
 * @throws ConfigError if x is not a float32 tensor of rank 3, the stride is not a finite number
 *   ≥ 1, outputSize is not an integer from 2 up to the width of x or is given with a stride, or an
 *   option is unknown.
 */
export function spectralPool1d(
  x: Tensor3D,
  strides?: number | readonly [number],
  options: SpectralPool1dOptions = {},
): Tensor3D {
  return spectralPoolOfAxes('spectralPool1d', 1, x, strides, options, SPECTRAL_1D_CHECKS);
}
