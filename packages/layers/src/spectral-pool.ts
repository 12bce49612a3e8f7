import { type Checks, requireOptions } from '@ds/checks';
import type { PoolingMatrices } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { checkNorm } from './diff-stride.js';
import { spectralColumns, spectralRows } from './kept-band.js';
import { type Norm, spectrumMatrices } from './spectral-matrices.js';
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
  requireImage('spectralPool', x);
  const [strideH, strideW] = requireStrides('spectralPool', strides);
  requireOptions('spectralPool', 'options', options, SPECTRAL_CHECKS);
  const { norm = 'ortho', dataFormat = 'channelsLast', path = 'auto' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() =>
      poolSpectrum(
        image,
        spectralRows(image.shape[1], strideH),
        spectralColumns(image.shape[2], strideW),
        null,
        null,
        norm,
        { path },
      ),
    ),
  );
}

/** Returns spectral pooling as constant matrices for images of one size. */
export function spectralPoolMatrices(
  [height, width]: [number, number],
  [strideH, strideW]: [number, number],
  norm: Norm,
): PoolingMatrices {
  const [rows, columns] = [spectralRows(height, strideH), spectralColumns(width, strideW)];
  return spectrumMatrices(rows, columns, null, null, norm);
}
