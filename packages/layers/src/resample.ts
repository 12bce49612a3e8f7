import { ConfigError, requireTensor } from '@ds/checks';
import { resampleByMatrices } from '@ds/kernels';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { requireImage } from './data-format.js';

/**
 * Resamples every channel plane by two matrices: `y[n,:,:,c] = rows · x[n,:,:,c] · columnsᵀ`.
 *
 * All spectral poolings use this op. With fixed strides, DFT, mask, crop and inverse DFT are
 * together linear in the image and separable, so they reduce to these two small products.
 *
 * Shapes: x `[N, H, W, C]`, rows `[h, H]`, columns `[w, W]` → `[N, h, w, C]`, all float32.
 * Differentiable in all three.
 *
 * @throws ConfigError if a rank or an inner size does not fit.
 */
export function resample(x: Tensor4D, rows: Tensor2D, columns: Tensor2D): Tensor4D {
  requireImage('resample', x);
  requireMatrix('rows', rows, 'H', x.shape[1]);
  requireMatrix('columns', columns, 'W', x.shape[2]);
  return resampleByMatrices(x, { rows, columns }, { isSymmetric: false });
}

function requireMatrix(name: string, matrix: Tensor2D, axis: string, size: number): void {
  requireTensor('resample', name, matrix);
  if (matrix.rank !== 2 || matrix.shape[1] !== size) {
    throw new ConfigError(
      `resample: ${name} must have shape [any, ${axis} = ${size}], got [${matrix.shape}]`,
    );
  }
}
