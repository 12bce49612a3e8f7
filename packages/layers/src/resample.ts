import { ConfigError, requireTensor } from '@ds/checks';
import {
  matMul,
  reshape,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { requireImage } from './data-format.js';
import { leftMultiply } from './left-multiply.js';
import { FEW_CHANNELS, hasResampleKernel, resampleByKernel } from './resample-kernel.js';

/**
 * Resamples every channel plane by two matrices: `y[n,:,:,c] = rows · x[n,:,:,c] · columnsᵀ`.
 *
 * The heavy step of every spectral pooling: with fixed strides the whole chain of DFT, mask, crop
 * and inverse DFT is linear in the image and separable, so it is these two small products.
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
  if (hasResampleKernel(x)) return resampleByKernel(x, { rows, columns }, false);
  return tidy(() => {
    // The cheaper order: each stage costs its own reduction times what the other has left.
    const [, height, width] = x.shape;
    const rowsFirst = rows.shape[0] * width * (height + columns.shape[0]);
    const columnsFirst = columns.shape[0] * height * (width + rows.shape[0]);
    return rowsFirst <= columnsFirst
      ? alongWidth(alongHeight(x, rows), columns)
      : alongHeight(alongWidth(x, columns), rows);
  });
}

/** `y[n,:,q,c] = matrix · x[n,:,q,c]`. Shapes: `[N,H,W,C]`, `[h,H]` → `[N,h,W,C]`. */
export function alongHeight(x: Tensor4D, matrix: Tensor2D): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = x.shape;
    const images = reshape(x, [batch, height, width * channels]) as Tensor3D;
    return reshape(leftMultiply(matrix, images), [batch, matrix.shape[0], width, channels]);
  });
}

/** The same along the width: `[N,H,W,C]`, `[w,W]` → `[N,H,w,C]`. */
function alongWidth(x: Tensor4D, matrix: Tensor2D): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = x.shape;
    if (channels < FEW_CHANNELS) {
      const turned = channels === 1 ? x : transpose(x, [0, 1, 3, 2]);
      const lines = reshape(turned, [batch * height * channels, width]);
      const shape = [batch, height, channels, matrix.shape[0]];
      const y = reshape(matMul(lines, matrix, false, true), shape);
      return (
        channels === 1
          ? reshape(y, [batch, height, matrix.shape[0], 1])
          : transpose(y, [0, 1, 3, 2])
      ) as Tensor4D;
    }
    const rows = reshape(x, [batch * height, width, channels]) as Tensor3D;
    return reshape(leftMultiply(matrix, rows), [batch, height, matrix.shape[0], channels]);
  });
}

function requireMatrix(name: string, matrix: Tensor2D, axis: string, size: number): void {
  requireTensor('resample', name, matrix);
  if (matrix.rank !== 2 || matrix.shape[1] !== size) {
    throw new ConfigError(
      `resample: ${name} must have shape [any, ${axis} = ${size}], got [${matrix.shape}]`,
    );
  }
}
