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
import { type AxisMatrix, multiplyAxis } from './masked-matrix.js';
import type { PoolingMatrices } from './matrices.js';

/** Below this channel count, transposing rows first is faster than a product for each pixel. */
export const FEW_CHANNELS = 8;

/** Resamples by matrix products, in the order that needs fewer multiplications. */
export function composedResampling(
  x: Tensor4D,
  { rows, columns, skew }: PoolingMatrices<AxisMatrix>,
): Tensor4D {
  if (!skew) return byProducts(x, rows, columns);
  return tidy(() => {
    const inner = byProducts(x, skew.analysis, skew.columns);
    return sub(byProducts(x, rows, columns), alongHeight(inner, skew.synthesis)) as Tensor4D;
  });
}

function byProducts(x: Tensor4D, rows: AxisMatrix, columns: AxisMatrix): Tensor4D {
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
function alongHeight(x: Tensor4D, matrix: AxisMatrix): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = x.shape;
    const images = reshape(x, [batch, height, width * channels]) as Tensor3D;
    const y = multiplyAxis(images, matrix, (lines, a) => leftMultiply(a, lines));
    return reshape(y, [batch, matrix.shape[0], width, channels]);
  });
}

/** The same along the width: `[N,H,W,C]`, `[w,W]` → `[N,H,w,C]`. */
function alongWidth(x: Tensor4D, matrix: AxisMatrix): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = x.shape;
    const rows = reshape(x, [batch * height, width, channels]) as Tensor3D;
    return reshape(alongMiddle(rows, matrix), [batch, height, matrix.shape[0], channels]);
  });
}

/** The same along the middle axis: `[N,W,C]`, `[w,W]` → `[N,w,C]`. */
export function alongMiddle(x: Tensor3D, matrix: AxisMatrix): Tensor3D {
  return multiplyAxis(x, matrix, byTensor);
}

function byTensor(x: Tensor3D, matrix: Tensor2D): Tensor3D {
  const [batch, width, channels] = x.shape;
  if (channels >= FEW_CHANNELS) return leftMultiply(matrix, x);
  return tidy(() => {
    const turned = channels === 1 ? x : transpose(x, [0, 2, 1]);
    const lines = reshape(turned, [batch * channels, width]) as Tensor2D;
    const y = matMul(lines, matrix, false, true);
    const size = matrix.shape[0];
    if (channels === 1) return reshape(y, [batch, size, 1]) as Tensor3D;
    return transpose(reshape(y, [batch, channels, size]), [0, 2, 1]) as Tensor3D;
  });
}
