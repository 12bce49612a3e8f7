import { type Checks, requireOptions } from '@ds/checks';
import type { ComplexMatrix } from '@ds/kernels';
import { type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { spectralBands } from './kept-band.js';
import type { SpatialRank } from './spatial-rank.js';
import { checkNorm, type Norm, type SpectrumAxis, spectrumOfAxes } from './spectral-matrices.js';
import { checkPath, poolSpectrum, type SpectralPath } from './spectral-path.js';
import { requireStrides } from './stride-values.js';

/** Options of {@link spectralPool}. */
export interface SpectralPoolOptions {
  /** Scale of the transform pair. Default `'ortho'`. The published code uses `'backward'`. */
  norm?: Norm;
  /** Algorithm: `'auto'` (default, see `spectralPath`), `'matrices'` or `'fft'`. */
  path?: 'auto' | SpectralPath;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link SpectralPoolOptions}. */
export const SPECTRAL_CHECKS: Checks<SpectralPoolOptions> = {
  norm: checkNorm,
  path: checkPath,
  dataFormat: checkDataFormat,
};

/**
 * Spectral pooling (Rippel, Snoek & Adams 2015), as published with DiffStride: keeps the low
 * frequencies of `rfft2(x)` and inverts at the smaller size.
 *
 * It keeps rows [0, h/2) and [H − h/2, H) and columns [0, floor(w/2) + 1). `h = floor(H/S_h)` is
 * made even, `w = floor(W/S_w)`, and both are at least 2. Row frequency −h/2 is kept, and +h/2 is
 * not. The real inverse ignores the imaginary part of column 0 and, for even w, of column w/2. So
 * stride 1 is the identity only for even H, and a height of 1 becomes 2, as published.
 *
 * Placement: after the convolution that it downsamples, before batch norm and ReLU, as published.
 *
 * Shapes: x `[batch, height, width, channels]`, strides ≥ 1 in input pixels per output pixel, not
 * only integers → `[batch, h, w, channels]`. Differentiable in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   or an option is unknown.
 */
export function spectralPool(
  x: Tensor4D,
  strides: number | [number, number],
  options: SpectralPoolOptions = {},
): Tensor4D {
  return spectralPoolOfAxes('spectralPool', 2, x, strides, options, SPECTRAL_CHECKS);
}

/** {@link spectralPool} for images of any rank: checks its arguments, and pools. */
export function spectralPoolOfAxes<X extends Tensor, Options extends SpectralPoolOptions>(
  op: string,
  rank: SpatialRank,
  x: X,
  strides: number | readonly number[],
  options: Options,
  checks: Checks<Options>,
): X {
  requireImage(op, x, rank);
  const each = requireStrides(op, strides, rank);
  requireOptions(op, 'options', options, checks);
  const { norm = 'ortho', dataFormat = 'channelsLast', path } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    poolSpectrum(image, unmasked(image.shape.slice(1, -1), each), norm, path),
  );
}

/** Returns spectral pooling as constant matrices for images of one size. */
export function spectralPoolMatrices(
  sides: readonly number[],
  strides: readonly number[],
  norm: Norm,
): ComplexMatrix[] {
  return tidy(() => spectrumOfAxes(unmasked(sides, strides), norm));
}

function unmasked(sides: readonly number[], strides: readonly number[]): SpectrumAxis[] {
  return spectralBands(sides, strides).map((band) => ({ band, mask: null }));
}
