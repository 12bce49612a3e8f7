import { type Checks, requireOptions } from '@ds/checks';
import type { ComplexMatrix } from '@ds/kernels';
import { type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { spectralBands } from './kept-band.js';
import { checkOutputSize, type Reduction, reductionOf } from './output-size.js';
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
  /**
   * Output size, one for all axes or one for each axis, instead of strides: from 2 up to the size
   * of x, and even along all axes but the last.
   */
  outputSize?: number | readonly number[];
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link SpectralPoolOptions} for images of a rank. */
export function spectralChecks(rank: SpatialRank): Required<Checks<SpectralPoolOptions>> {
  return {
    norm: checkNorm,
    path: checkPath,
    outputSize: checkOutputSize(rank),
    dataFormat: checkDataFormat,
  };
}

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
 * only integers → `[batch, h, w, channels]`. With `outputSize` instead, h and w are given.
 * Differentiable in x.
 *
 * @param strides default 2.
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   outputSize is not of integers from 2 up to the size of x, is odd along the height or is given
 *   with strides, or an option is unknown.
 */
export function spectralPool(
  x: Tensor4D,
  strides?: number | readonly [number, number],
  options: SpectralPoolOptions = {},
): Tensor4D {
  return spectralPoolOfAxes('spectralPool', 2, x, strides, options, spectralChecks(2));
}

/** {@link spectralPool} for images of any rank: checks its arguments, and pools. */
export function spectralPoolOfAxes<X extends Tensor, Options extends SpectralPoolOptions>(
  op: string,
  rank: SpatialRank,
  x: X,
  strides: number | readonly number[] | undefined,
  options: Options,
  checks: Checks<Options>,
): X {
  requireImage(op, x, rank);
  requireOptions(op, 'options', options, checks);
  const { norm = 'ortho', dataFormat = 'channelsLast', path, outputSize } = options;
  const reduction = reductionOf(op, rank, strides, outputSize, requireStrides);
  return inChannelsLast(x, dataFormat, (image) =>
    poolSpectrum(image, unmasked(op, image.shape.slice(1, -1), reduction), norm, path),
  );
}

/** Returns spectral pooling as constant matrices for images of one size. */
export function spectralPoolMatrices(
  op: string,
  sides: readonly number[],
  reduction: Reduction,
  norm: Norm,
): ComplexMatrix[] {
  return tidy(() => spectrumOfAxes(unmasked(op, sides, reduction), norm));
}

function unmasked(op: string, sides: readonly number[], reduction: Reduction): SpectrumAxis[] {
  return spectralBands(op, sides, reduction).map((band) => ({ band, mask: null }));
}
