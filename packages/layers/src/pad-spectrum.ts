import type { PoolingMatrices } from '@ds/kernels';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { nyquistMask, paddedColumns, paddedRows } from './padded-band.js';
import {
  imageMatrices,
  type Norm,
  type SpectrumAxis,
  spectrumOfAxes,
} from './spectral-matrices.js';
import { poolSpectrum, type SpectralPath } from './spectral-path.js';

/** The axes of a spectrum that is padded with zeros from one size to another. */
export function padAxes(input: readonly number[], output: readonly number[]): SpectrumAxis[] {
  return input.map((side, axis) => {
    const padded = axis === input.length - 1 ? paddedColumns : paddedRows;
    const band = padded(side, output[axis]!);
    return { band, mask: nyquistMask(band) };
  });
}

/** `spectralUpsample` of an image of any rank, with channels last, to a size. */
export function padSpectrum<X extends Tensor>(
  image: X,
  size: readonly number[],
  norm: Norm,
  path: 'auto' | SpectralPath,
): X {
  return poolSpectrum(image, padAxes(image.shape.slice(1, -1), size), norm, path);
}

/** Returns spectral upsampling as constant matrices for images of one size. */
export function padSpectrumMatrices(
  input: [number, number],
  output: [number, number],
  norm: Norm,
): PoolingMatrices {
  return tidy(() => imageMatrices(spectrumOfAxes(padAxes(input, output), norm)));
}
