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
  /** The modulus of the inverse transform, as the published code returns it. Default false. */
  modulus?: boolean;
  /**
   * Scale of the transform pair. Default `'forward'`, which keeps means, and not `'ortho'` as in
   * `spectralPool` and `diffStride`. The published code has `'backward'`.
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
 * Frequency low cut (Grabinski, Jung, Keuper & Keuper, "FrequencyLowCut pooling", ECCV 2022): pooling
 * that is free of aliasing.
 *
 * `y = Re F⁻¹(crop(F x))`: of the centred spectrum the n = floor(N/S) frequencies
 * −floor(n/2) … ceil(n/2) − 1 are kept along each axis. It differs from spectral pooling in treating
 * both axes alike, as a complex spectrum. The published code returns `|F⁻¹ …|`, which loses signs;
 * that is `modulus: true`.
 *
 * Where it goes: behind the convolution that it downsamples, in place of its stride.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, floor(H/S_h), floor(W/S_w), channels]`, at
 * least 1. Differentiable in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1, or an
 *   option is unknown.
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

/** Frequency low cut, without the modulus, as constant matrices for images of one size. */
export function flcPoolMatrices(
  [height, width]: [number, number],
  [strideH, strideW]: [number, number],
  norm: Norm,
): PoolingMatrices {
  const [rows, columns] = [lowCutBand(height, strideH), lowCutBand(width, strideW)];
  return complexSpectrumMatrices(rows, columns, null, null, norm);
}
