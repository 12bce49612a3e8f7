import { clone, customGrad, mul, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

/** Returns x. Its gradient is multiplied by a factor k: y = x, ∂L/∂x = k · ∂L/∂y. */
export function scaledGradient(x: Tensor1D, factor: number): Tensor1D {
  if (factor === 1) return x;
  const scaled = customGrad((given) => ({
    value: clone(given as Tensor),
    gradFunc: (dy: Tensor) => mul(dy, factor),
  }));
  return scaled(x) as Tensor1D;
}
