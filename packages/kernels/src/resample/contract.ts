import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { inOrder, Kernel } from '../kernel.js';

/** The sizes and the symmetry of the matrices, which are one tensor. */
export interface ResampleAttributes {
  /** The shape of `rows`: [h, H]. */
  rows: readonly [number, number];
  /** The shape of `columns`: [w, W]. */
  columns: readonly [number, number];
  /**
   * Whether rows and columns have the symmetry `a[−i, −p] = a[i, p]` (indices modulo the
   * sides), and skewColumns is antisymmetric. A kernel may then halve its work, and returns only
   * the part of the matrices' gradient with their symmetry.
   */
  isSymmetric: boolean;
  /**
   * Whether `matrices` holds skewRows [h, H] where it would hold the synthesis. Then there is no
   * `analysis`.
   */
  isDense?: boolean;
}

/**
 * `matrices` holds rows, columns, synthesis and skewColumns, one after the other. The last two
 * exist only with an `analysis`, or if the matrices are dense.
 */
type Operands = { matrices: Tensor1D; analysis?: Tensor2D };

/**
 * `y = rows · x · columnsᵀ − synthesis · (analysis · x · skewColumnsᵀ)` for each image and channel.
 * Without an `analysis` only the first term exists. Shapes: `[N, H, W, C]` → `[N, h, w, C]`; rows
 * `[h, H]`, columns and skewColumns `[w, W]`, synthesis `[h, r]`, analysis `[r, H]`.
 */
export const resampleKernel = /* @__PURE__ */ new Kernel<
  { x: Tensor4D } & Operands,
  ResampleAttributes,
  Tensor4D
>('Resample', /* @__PURE__ */ inOrder('x', 'matrices', 'analysis'));

/** Gradient in x: `[N, h, w, C]` → `[N, H, W, C]`. */
export const resampleInputGradientKernel = /* @__PURE__ */ new Kernel<
  { dy: Tensor4D } & Operands,
  ResampleAttributes,
  Tensor4D
>('ResampleInputGrad');

/** Gradient in `matrices`, in the same order. */
export const resampleMatrixGradientKernel = /* @__PURE__ */ new Kernel<
  { x: Tensor4D; dy: Tensor4D } & Operands,
  ResampleAttributes,
  Tensor1D
>('ResampleMatrixGrad');
