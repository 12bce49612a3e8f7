import { BatchMatMul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { summedTo } from './broadcast-sum.js';

/**
 * Registers a gradient of `matMul` for broadcast batches. A matrix that is broadcast to several
 * items gets the sum of their gradients. tfjs 4.22 returns the gradient in the product's shape,
 * which its engine refuses.
 */
export function registerProductGradient(): void {
  replaceGradient(BatchMatMul, (original) => (dy, saved, attrs) => {
    const [a, b] = saved as [Tensor, Tensor];
    const gradients = original.gradFunc(dy, saved, attrs);
    return {
      a: () => tidy(() => summedTo(gradients.a!(), a.shape)),
      b: () => tidy(() => summedTo(gradients.b!(), b.shape)),
    };
  });
}
