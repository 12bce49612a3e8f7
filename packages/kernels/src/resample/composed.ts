import {
  matMul,
  reshape,
  sub,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { leftMultiply } from '../left-multiply/left-multiply.js';
import type { PoolingMatrices } from './matrices.js';

/** Below this channel count, transposing rows first is faster than a product for each pixel. */
export const FEW_CHANNELS = 8;

/** Resamples by matrix products, in the order that needs fewer multiplications. */
export function composedResampling(
  x: Tensor4D,
  { rows, columns, skew }: PoolingMatrices,
): Tensor4D {
  if (!skew) return byProducts(x, rows, columns);
  return tidy(() => {
    const inner = byProducts(x, skew.analysis, skew.columns);
    return sub(byProducts(x, rows, columns), alongHeight(inner, skew.synthesis)) as Tensor4D;
  });
}

function byProducts(x: Tensor4D, rows: Tensor2D, columns: Tensor2D): Tensor4D {
  return tidy(() => {
    // The cost of a stage: its products over the axis that it reduces, times the size of the other
    // axis.
    const [, height, width] = x.shape;
    const rowsFirst = rows.shape[0] * width * (height + columns.shape[0]);
    const columnsFirst = columns.shape[0] * height * (width + rows.shape[0]);
    return rowsFirst <= columnsFirst
      ? alongWidth(alongHeight(x, rows), columns)
      : alongHeight(alongWidth(x, columns), rows);
  });
}

/** `y[n,:,q,c] = matrix · x[n,:,q,c]`. Shapes: `[N,H,W,C]`, `[h,H]` → `[N,h,W,C]`. */
function alongHeight(x: Tensor4D, matrix: Tensor2D): Tensor4D {
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
