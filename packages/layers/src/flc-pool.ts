import { requireOptions } from '@ds/checks';
import { magnitude } from '@ds/fft';
import type { KeptBand, PoolingMatrices } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { inChannelsLast, requireImage } from './data-format.js';
import { type FlcPoolOptions, flcChecks } from './flc-axes.js';
import { lowCutBands } from './kept-band.js';
import { type Reduction, reductionOf } from './output-size.js';
import {
  complexSpectrumMatrices,
  imaginaryOfComplexSpectrum,
  type Norm,
  poolByMatrices,
} from './spectral-matrices.js';
import { requireStrides } from './stride-values.js';

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
 * at least 1, or `outputSize`. Differentiable in x.
 *
 * @param strides default 2.
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   outputSize is not of integers ≥ 1 up to the size of x or is given with strides, or an option is
 *   unknown.
 */
export function flcPool(
  x: Tensor4D,
  strides?: number | [number, number],
  options: FlcPoolOptions = {},
): Tensor4D {
  requireImage('flcPool', x);
  requireOptions('flcPool', 'options', options, flcChecks(2));
  const { norm = 'forward', modulus = false, dataFormat = 'channelsLast' } = options;
  const reduction = reductionOf('flcPool', 2, strides, options.outputSize, requireStrides<2>);
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const sides = [image.shape[1], image.shape[2]];
      const [rows, columns] = pairOfBands('flcPool', sides, reduction);
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
  op: string,
  input: [number, number],
  reduction: Reduction<2>,
  norm: Norm,
): PoolingMatrices {
  const [rows, columns] = pairOfBands(op, input, reduction);
  return complexSpectrumMatrices(rows, columns, null, null, norm);
}

function pairOfBands(op: string, sides: number[], reduction: Reduction<2>): [KeptBand, KeptBand] {
  return lowCutBands(op, sides, reduction) as [KeptBand, KeptBand];
}
