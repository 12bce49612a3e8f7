import { customGrad, scalar, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';

/**
 * Computes a tensor without a trace on the gradient tape: to what comes after, it is a constant. For
 * choices that have no gradient, whose kernels tfjs would otherwise ask one of.
 */
export function untaped<T extends Tensor>(compute: () => T): T {
  // Kernels inside a custom gradient are not recorded, and its only input is this unrelated scalar.
  const op = customGrad((unrelated) => ({
    value: compute(),
    gradFunc: () => zerosLike(unrelated as Tensor),
  }));
  return tidy(() => op(scalar(0)) as T);
}
