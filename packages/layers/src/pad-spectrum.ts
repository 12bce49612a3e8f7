import type { PoolingMatrices } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { nyquistMask, paddedColumns, paddedRows } from './padded-band.js';
import { type Norm, spectrumMatrices } from './spectral-matrices.js';
import { poolSpectrum, type SpectralPath } from './spectral-path.js';

/** `spectralUpsample` of an image with channels last to a size. */
export function padSpectrum(
  image: Tensor4D,
  [height, width]: [number, number],
  norm: Norm,
  path: 'auto' | SpectralPath,
): Tensor4D {
  const rows = paddedRows(image.shape[1], height);
  const columns = paddedColumns(image.shape[2], width);
  const masks = [nyquistMask(rows), nyquistMask(columns)] as const;
  return tidy(() => poolSpectrum(image, rows, columns, ...masks, norm, { path }));
}

/** Returns spectral upsampling as constant matrices for images of one size. */
export function padSpectrumMatrices(
  input: [number, number],
  output: [number, number],
  norm: Norm,
): PoolingMatrices {
  const [rows, columns] = [paddedRows(input[0], output[0]), paddedColumns(input[1], output[1])];
  return spectrumMatrices(rows, columns, nyquistMask(rows), nyquistMask(columns), norm);
}
