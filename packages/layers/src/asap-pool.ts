import { type Checks, oneOf, requireOptions } from '@ds/checks';
import type { KeptBand, PoolingMatrices } from '@ds/kernels';
import { type Tensor1D, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { lowCutBands } from './kept-band.js';
import { checkOutputSize, type Reduction, reductionOf } from './output-size.js';
import {
  checkNorm,
  complexSpectrumMatrices,
  type Norm,
  poolByMatrices,
} from './spectral-matrices.js';
import { requireStrides } from './stride-values.js';

/** The centre of a window over a spectrum. */
export type WindowCenter = 'zero' | 'published';

/** Options of {@link asapPool}. */
export interface AsapPoolOptions {
  /**
   * The centre of the Hamming window. `'zero'` (default) is zero frequency, and keeps means.
   * `'published'` is half a bin away from it, as in the published code, and weakens means.
   */
  windowCenter?: WindowCenter;
  /**
   * Scale of the transform pair. Default `'forward'`, as published. The default of `spectralPool`
   * and `diffStride` is `'ortho'`.
   */
  norm?: Norm;
  /**
   * Output size, one for all axes or one for each axis, instead of strides. It may be any size up
   * to that of the input.
   */
  outputSize?: number | readonly number[];
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Aliasing and spectral artifact free pooling (Grabinski, Keuper & Keuper, "Fix your downsampling
 * ASAP!", 2023, arXiv 2307.09804): frequency low cut with less ringing.
 *
 * `y = Re F⁻¹(crop(w_h · F x · w_w))`. It weights the centred spectrum by the square root of a
 * Hamming window, `w(f) = √(0.54 + 0.46 cos(2π f/N))`, and then crops as `flcPool` does. The window
 * reduces the ringing of the crop. The published code uses `√(0.54 − 0.46 cos(2π i/(N − 1)))` at
 * the shifted index i = f + floor(N/2). Its centre is half a bin off: a constant 4×4 image loses
 * 23 %. The published variants with zero padding are not implemented.
 *
 * Placement: after the convolution that it downsamples, which then runs at stride 1. At stride 1
 * the pooling still weights the spectrum. Models leave it out there.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, floor(H/S_h), floor(W/S_w), channels]`,
 * at least 1. Differentiable in x.
 *
 * @param strides default 2.
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   or an option is unknown.
 */
export function asapPool(
  x: Tensor4D,
  strides?: number | readonly [number, number],
  options: AsapPoolOptions = {},
): Tensor4D {
  requireImage('asapPool', x);
  requireOptions('asapPool', 'options', options, ASAP_CHECKS);
  const { dataFormat = 'channelsLast', windowCenter = 'zero', norm = 'forward' } = options;
  const reduction = reductionOf('asapPool', 2, strides, options.outputSize, requireStrides<2>);
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const input: [number, number] = [image.shape[1], image.shape[2]];
      return poolByMatrices(
        image,
        asapPoolMatrices('asapPool', input, reduction, windowCenter, norm),
      );
    }),
  );
}

/** The checks of {@link AsapPoolOptions}. */
export const ASAP_CHECKS: Checks<AsapPoolOptions> = {
  windowCenter: oneOf('zero', 'published'),
  norm: checkNorm,
  outputSize: checkOutputSize(2),
  dataFormat: checkDataFormat,
};

/** Returns {@link asapPool} as constant matrices for images of one size. */
export function asapPoolMatrices(
  op: string,
  input: [number, number],
  reduction: Reduction<2>,
  windowCenter: WindowCenter,
  norm: Norm,
): PoolingMatrices {
  const bands = lowCutBands(op, input, reduction).map(signed);
  const [rows, columns] = bands as [KeptBand, KeptBand];
  const window = (size: number) => (frequencies: number[]) =>
    tensor1d(frequencies.map((f) => hammingRoot(f, size, windowCenter))) as Tensor1D;
  return complexSpectrumMatrices(rows, columns, window(input[0]), window(input[1]), norm);
}

/** The band of frequency low cut, with signed frequencies as distances, for the window. */
function signed(band: KeptBand): KeptBand {
  const size = band.inputSize;
  const frequencies = band.frequencies.map((frequency) => ({
    ...frequency,
    distance: frequency.source < size / 2 ? frequency.source : frequency.source - size,
  }));
  return { ...band, frequencies };
}

/** √w at a frequency in bins. It is 0 at `Infinity`, which marks a cropped frequency. */
function hammingRoot(frequency: number, size: number, windowCenter: WindowCenter): number {
  if (!Number.isFinite(frequency)) return 0;
  if (windowCenter === 'zero') {
    return Math.sqrt(0.54 + 0.46 * Math.cos((2 * Math.PI * frequency) / size));
  }
  if (size === 1) return 1;
  const index = frequency + Math.floor(size / 2);
  return Math.sqrt(0.54 - 0.46 * Math.cos((2 * Math.PI * index) / (size - 1)));
}
