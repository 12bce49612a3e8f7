import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/** `y_b = a · x_b`. Shapes: a `[m, k]`, x `[batch, k, n]` → `[batch, m, n]`. */
export const leftMultiplyKernel = /* @__PURE__ */ new Kernel<
  { a: Tensor2D; x: Tensor3D },
  Record<string, never>,
  Tensor3D
>('LeftMultiply');

/**
 * Gradient in the matrix: `da = Σ_b dy_b · x_bᵀ`. Shapes: dy `[batch, m, n]`, x `[batch, k, n]`
 * → `[m, k]`.
 */
export const leftMultiplyGradientKernel = /* @__PURE__ */ new Kernel<
  { dy: Tensor3D; x: Tensor3D },
  Record<string, never>,
  Tensor2D
>('LeftMultiplyGrad');
