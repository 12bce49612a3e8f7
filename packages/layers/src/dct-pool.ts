import { type Checks, requireOptions } from '@ds/checks';
import { type PoolingMatrices, resampleByMatrices } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { cosineMatrix } from './cosine-matrix.js';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { reducedSize } from './kept-band.js';
import type { Norm } from './spectral-matrices.js';
import { checkNorm } from './spectral-matrices.js';
import { requireStrides } from './stride-values.js';

/** Options of {@link dctPool}. */
export interface DctPoolOptions {
  /** Scale of the transform pair. Default `'ortho'`. `'forward'` keeps means. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link DctPoolOptions}. */
export const DCT_CHECKS: Checks<DctPoolOptions> = { norm: checkNorm, dataFormat: checkDataFormat };

/**
 * Spectral pooling in the cosine domain (Smith & Wilamowski 2018): `y = idct2(crop(dct2(x)))`.
 *
 * The crop keeps the first `h = floor(H/S_h)` rows and `w = floor(W/S_w)` columns of coefficients,
 * at least 1. All numbers are real. The cosine transform continues the image by its mirror image,
 * where the Fourier transform repeats it. So no pixel mixes with the opposite border, and a ramp
 * has no jump. Stride 1 is the identity, also for odd sizes.
 *
 * A constant image keeps its value under the norm `'forward'`. `'ortho'` multiplies it by
 * `√(HW/(hw))`, and `'backward'` by `HW/(hw)`.
 *
 * Placement: after the convolution that it downsamples, before batch norm and ReLU.
 *
 * Shapes: x `[batch, height, width, channels]`, strides ≥ 1 in input pixels per output pixel, not
 * only integers → `[batch, h, w, channels]`. Differentiable in x.
 *
 * Paper: Smith & Wilamowski, "Discrete cosine transform spectral pooling layers for convolutional
 * neural networks", ICAISC 2018.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   or an option is unknown.
 */
export function dctPool(
  x: Tensor4D,
  strides: number | readonly [number, number],
  options: DctPoolOptions = {},
): Tensor4D {
  requireImage('dctPool', x);
  const pair = requireStrides('dctPool', strides);
  requireOptions('dctPool', 'options', options, DCT_CHECKS);
  const { norm = 'ortho', dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const matrices = dctPoolMatrices([image.shape[1], image.shape[2]], pair, norm);
      return resampleByMatrices(image, matrices, { isSymmetric: false });
    }),
  );
}

/** Returns {@link dctPool} as constant matrices for images of one size. */
export function dctPoolMatrices(
  [height, width]: [number, number],
  [strideH, strideW]: [number, number],
  norm: Norm,
): PoolingMatrices {
  const matrix = (inputSize: number, stride: number) => {
    const outputSize = dctPoolSize(inputSize, stride);
    return cosineMatrix({ inputSize, outputSize, coefficients: outputSize }, null, norm);
  };
  return { rows: matrix(height, strideH), columns: matrix(width, strideW) };
}

/** The output size along one axis, `floor(N/S)` and at least 1. */
export function dctPoolSize(size: number, stride: number): number {
  return Math.max(reducedSize(size, stride), 1);
}
