import {
  customGrad,
  engine,
  getBackend,
  getKernel,
  matMul,
  reshape,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
  tile,
  transpose,
} from '@tensorflow/tfjs-core';

/**
 * `y_b = a · x_b` for one small matrix and a batch. Shapes: a `[m, k]`, x `[batch, k, n]` →
 * `[batch, m, n]`. Differentiable in both: `dx_b = aᵀ · dy_b`, `da = Σ_b dy_b · x_bᵀ`.
 *
 * Rows of x are contiguous, so nothing is transposed: the reduction runs over whole rows. A backend
 * may bring kernels named LeftMultiply and LeftMultiplyGrad for it, as `@ds/backend` does on wasm;
 * elsewhere it is a batched `matMul`.
 */
export function leftMultiply(a: Tensor2D, x: Tensor3D): Tensor3D {
  const op = customGrad((...args) => {
    const [matrix, batch, save] = args as unknown as [
      Tensor2D,
      Tensor3D,
      (tensors: Tensor[]) => void,
    ];
    save([matrix, batch]);
    return {
      value: product(matrix, batch),
      gradFunc: (dy, saved) => {
        const [savedMatrix, savedBatch] = saved as [Tensor2D, Tensor3D];
        const upstream = dy as Tensor3D;
        return [
          productGradient(upstream, savedBatch),
          tidy(() => leftMultiply(transpose(savedMatrix), upstream)),
        ];
      },
    };
  });
  return op(a, x) as Tensor3D;
}

function product(a: Tensor2D, x: Tensor3D): Tensor3D {
  if (getKernel('LeftMultiply', getBackend())) {
    return engine().runKernel('LeftMultiply', { a, x }) as Tensor3D;
  }
  return tidy(() => matMul(repeated(a, x.shape[0]), x));
}

function productGradient(dy: Tensor3D, x: Tensor3D): Tensor2D {
  if (getKernel('LeftMultiplyGrad', getBackend())) {
    return engine().runKernel('LeftMultiplyGrad', { dy, x }) as Tensor2D;
  }
  return tidy(() => sum(matMul(dy, x, false, true), 0) as Tensor2D);
}

/** tfjs's kernels do not all broadcast a matrix over a batch. */
function repeated(a: Tensor2D, batch: number): Tensor3D {
  return tile(reshape(a, [1, ...a.shape]), [batch, 1, 1]);
}
