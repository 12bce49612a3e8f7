import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { inOrder, Kernel } from '../kernel.js';

/** The form of the matrices that a resampling takes end to end, in one tensor. */
export interface ResampleAttributes {
  /** The shape of `rows`: [h, H]. */
  rows: readonly [number, number];
  /** The shape of `columns`: [w, W]. */
  columns: readonly [number, number];
  /**
   * Whether rows and columns have the symmetry `a[−i, −p] = a[i, p]` (indices modulo the sides), and
   * skewColumns has its opposite. A kernel may use it to halve its work. The gradient of the
   * matrices is then the part that has their symmetry.
   */
  isSymmetric: boolean;
  /** Whether skewRows stands in place of the synthesis, [h, H]. Then there is no `analysis`. */
  isDense?: boolean;
}

/**
 * `matrices` is rows, columns, synthesis and skewColumns end to end. The last two are there with an
 * `analysis`, or if the matrices are dense.
 */
type Operands = { matrices: Tensor1D; analysis?: Tensor2D };

/**
 * `y = rows · x · columnsᵀ − synthesis · (analysis · x · skewColumnsᵀ)` of every image and channel.
 * Without an `analysis` it is the first term only. Shapes: `[N, H, W, C]` → `[N, h, w, C]`; rows
 * `[h, H]`, columns and skewColumns `[w, W]`, synthesis `[h, r]`, analysis `[r, H]`.
 */
export const resampleKernel = new Kernel<{ x: Tensor4D } & Operands, ResampleAttributes, Tensor4D>(
  'Resample',
  inOrder('x', 'matrices', 'analysis'),
);

/** Its gradient in x: `[N, h, w, C]` → `[N, H, W, C]`. */
export const resampleInputGradientKernel = new Kernel<
  { dy: Tensor4D } & Operands,
  ResampleAttributes,
  Tensor4D
>('ResampleInputGrad');

/** Its gradient in `matrices`, in the same order. */
export const resampleMatrixGradientKernel = new Kernel<
  { x: Tensor4D; dy: Tensor4D } & Operands,
  ResampleAttributes,
  Tensor1D
>('ResampleMatrixGrad');
