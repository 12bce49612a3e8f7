import { type Checks, requireBoolean, requireOptions } from '@ds/checks';
import { magnitude } from '@ds/fft';
import type { PoolingMatrices } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { checkNorm } from './diff-stride.js';
import { lowCutBand } from './kept-band.js';
import {
  complexSpectrumMatrices,
  imaginaryOfComplexSpectrum,
  type Norm,
  poolByMatrices,
} from './spectral-matrices.js';
import { requireStrides } from './stride-values.js';

/** Options of {@link flcPool}. */
export interface FlcPoolOptions {
  /** Whether to return the modulus, as the published code does. Default false. */
  modulus?: boolean;
  /**
   * Scale of the transform pair. Default `'forward'`, which keeps means. The published code uses
   * `'backward'`. The default of `spectralPool` and `diffStride` is `'ortho'`.
   */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link FlcPoolOptions}. */
export const FLC_CHECKS: Checks<FlcPoolOptions> = {
  modulus: requireBoolean,
  norm: checkNorm,
  dataFormat: checkDataFormat,
};

/**
 * Frequency low cut (Grabinski, Jung, Keuper & Keuper, "FrequencyLowCut pooling", ECCV 2022):
 * pooling without aliasing.
 *
 * `y = Re F⁻¹(crop(F x))`. Along each axis the crop keeps the n = floor(N/S) frequencies
 * −floor(n/2) … ceil(n/2) − 1 of the centred spectrum. Unlike spectral pooling, it uses the full
 * complex spectrum and treats both axes alike. The published code returns `|F⁻¹ …|`, which loses
 * signs: set `modulus: true` for that.
 *
 * Placement: after the convolution that it downsamples, which then runs at stride 1.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, floor(H/S_h), floor(W/S_w), channels]`,
 * at least 1. Differentiable in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   or an option is unknown.
 */
export function flcPool(
  x: Tensor4D,
  strides: number | [number, number] = 2,
  options: FlcPoolOptions = {},
): Tensor4D {
  requireImage('flcPool', x);
  const [strideH, strideW] = requireStrides('flcPool', strides);
  requireOptions('flcPool', 'options', options, FLC_CHECKS);
  const { norm = 'forward', modulus = false, dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const rows = lowCutBand(image.shape[1], strideH);
      const columns = lowCutBand(image.shape[2], strideW);
      const matrices = complexSpectrumMatrices(rows, columns, null, null, norm);
      const real = poolByMatrices(image, matrices);
      if (!modulus) return real;
      const imag = imaginaryOfComplexSpectrum(image, rows, columns, norm);
      return magnitude({ real, imag }) as Tensor4D;
    }),
  );
}

/** Returns frequency low cut, without the modulus, as constant matrices for images of one size. */
export function flcPoolMatrices(
  [height, width]: [number, number],
  [strideH, strideW]: [number, number],
  norm: Norm,
): PoolingMatrices {
  const [rows, columns] = [lowCutBand(height, strideH), lowCutBand(width, strideW)];
  return complexSpectrumMatrices(rows, columns, null, null, norm);
}
