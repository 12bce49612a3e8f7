import { customGrad, scalar, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';

/**
 * Computes a tensor without recording it on the gradient tape, so it is a constant afterwards. Use
 * it for choices that have no gradient. tfjs would otherwise ask their kernels for one.
 */
export function untaped<T extends Tensor>(compute: () => T): T {
  // A custom gradient does not record its kernels. Its only input is this unrelated scalar.
  const op = customGrad((unrelated) => ({
    value: compute(),
    gradFunc: () => zerosLike(unrelated as Tensor),
  }));
  return tidy(() => op(scalar(0)) as T);
}
