import { type Tensor2D, type Tensor3D, tidy, transpose } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';
import { composedMatrixGradient, composedProduct } from './composed.js';
import { leftMultiplyGradientKernel, leftMultiplyKernel } from './contract.js';

/**
 * `y_b = a · x_b` for one small matrix and a batch. Shapes: a `[m, k]`, x `[batch, k, n]` →
 * `[batch, m, n]`. Differentiable in both: `dx_b = aᵀ · dy_b`, `da = Σ_b dy_b · x_bᵀ`.
 *
 * The rows of x are contiguous, so the kernels transpose nothing.
 */
export function leftMultiply(a: Tensor2D, x: Tensor3D): Tensor3D {
  return differentiable(
    { a, x },
    (given) => ({
      value: leftMultiplyKernel.isHere()
        ? leftMultiplyKernel.run(given, {})
        : composedProduct(given.a, given.x),
      saved: given,
    }),
    (dy, saved) => ({
      a: leftMultiplyGradientKernel.isHere()
        ? leftMultiplyGradientKernel.run({ dy, x: saved.x }, {})
        : composedMatrixGradient(dy, saved.x),
      x: tidy(() => leftMultiply(transpose(saved.a), dy)),
    }),
  );
}
