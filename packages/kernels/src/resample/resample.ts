import {
  concat,
  reshape,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { composedResampling, FEW_CHANNELS } from './composed.js';
import { resampleKernel } from './contract.js';
import { resampleGradient } from './gradient.js';
import type { PoolingMatrices } from './matrices.js';

/** Whether the backend in use resamples images of this form in one kernel. */
export function hasResampleKernel(x: Tensor4D): boolean {
  return x.shape[3] >= FEW_CHANNELS && resampleKernel.isHere();
}

/**
 * Resamples every channel plane:
 * `y = rows · x · columnsᵀ − skew.synthesis · (skew.analysis · x · skew.columnsᵀ)`.
 * Shapes: `[N, H, W, C]` → `[N, h, w, C]`. Differentiable in x and in all matrices except
 * skew.analysis, which must be constant where a kernel runs.
 *
 * @param options `isSymmetric`: whether rows and columns have the symmetry `a[−i, −p] = a[i, p]`
 *   (indices modulo the sides), and skew.columns its opposite. Every matrix that filters without a
 *   shift has it. It halves the work. The gradient of the matrices is then the part of the gradient
 *   that has their symmetry.
 */
export function resampleByMatrices(
  x: Tensor4D,
  matrices: PoolingMatrices,
  { isSymmetric }: { isSymmetric: boolean },
): Tensor4D {
  return hasResampleKernel(x)
    ? resampleByKernel(x, matrices, isSymmetric)
    : composedResampling(x, matrices);
}

function resampleByKernel(
  x: Tensor4D,
  { rows, columns, skew }: PoolingMatrices,
  isSymmetric: boolean,
): Tensor4D {
  return tidy(() => {
    const learned = skew ? [rows, columns, skew.synthesis, skew.columns] : [rows, columns];
    const matrices = concat(learned.map((matrix: Tensor2D) => reshape(matrix, [-1]) as Tensor1D));
    const analysis = skew && { analysis: skew.analysis };
    const attributes = { rows: rows.shape, columns: columns.shape, isSymmetric };
    return resampleKernel.run({ x, matrices, ...analysis }, attributes, resampleGradient);
  });
}
