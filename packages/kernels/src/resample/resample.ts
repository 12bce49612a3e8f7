import { concat, reshape, type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { composedResampling, FEW_CHANNELS } from './composed.js';
import { resampleKernel } from './contract.js';
import { resampleGradient } from './gradient.js';
import { isProjectionCheaper, resampleMaskedByKernel } from './masked-kernel.js';
import { type AxisMatrix, entriesOf, isMasked } from './masked-matrix.js';
import type { PoolingMatrices } from './matrices.js';

/** Whether the backend in use resamples images of this shape in one kernel. */
export function hasResampleKernel(x: Tensor4D): boolean {
  return x.shape[3] >= FEW_CHANNELS && resampleKernel.isHere();
}

/**
 * Resamples each channel:
 *
 * `y = rows · x · columnsᵀ − skew.synthesis · (skew.analysis · x · skew.columnsᵀ)`
 *
 * Shapes: `[N, H, W, C]` → `[N, h, w, C]`. Differentiable in x and in all matrices except
 * skew.analysis. If a kernel runs, skew.analysis must be constant.
 *
 * @param options `isSymmetric`: whether rows and columns have the symmetry `a[−i, −p] = a[i, p]`
 *   (indices modulo the sides), and skew.columns is antisymmetric. Every matrix of a zero-phase
 *   filter has this symmetry. A kernel then does half of the work, and returns only the part of the
 *   matrices' gradient with their symmetry.
 */
export function resampleByMatrices(
  x: Tensor4D,
  matrices: PoolingMatrices<AxisMatrix>,
  { isSymmetric }: { isSymmetric: boolean },
): Tensor4D {
  return hasResampleKernel(x)
    ? resampleByKernel(x, matrices, isSymmetric)
    : composedResampling(x, matrices);
}

function resampleByKernel(
  x: Tensor4D,
  { rows, columns, skew }: PoolingMatrices<AxisMatrix>,
  isSymmetric: boolean,
): Tensor4D {
  if (!skew && isMasked(rows) && isMasked(columns)) {
    const both = { rows, columns };
    if (isProjectionCheaper(both, isSymmetric)) return resampleMaskedByKernel(x, both, isSymmetric);
  }
  return tidy(() => {
    const learned = skew ? [rows, columns, skew.synthesis, skew.columns] : [rows, columns];
    const matrices = concat(learned.map((one) => reshape(entriesOf(one), [-1]) as Tensor1D));
    const analysis = skew && { analysis: skew.analysis };
    const attributes = { rows: rows.shape, columns: columns.shape, isSymmetric };
    return resampleKernel.run({ x, matrices, ...analysis }, attributes, resampleGradient);
  });
}
