import {
  BatchMatMul,
  broadcast_util,
  reshape,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from './replaced-gradients.js';

/**
 * Gives `matMul` its gradient where batches are broadcast: what came back for each item is summed over the axes along which a matrix
 * served for all. tfjs 4.22 hands it back in the product's shape, which its engine refuses.
 */
export function completeProductGradient(): void {
  replaceGradient(BatchMatMul, (original) => (dy, saved, attrs) => {
    const [a, b] = saved as [Tensor, Tensor];
    const gradients = original.gradFunc(dy, saved, attrs);
    return {
      a: () => summedTo(a.shape, gradients.a!),
      b: () => summedTo(b.shape, gradients.b!),
    };
  });
}

/** A gradient in the shape of what was broadcast. */
function summedTo(shape: number[], gradient: () => Tensor): Tensor {
  return tidy(() => {
    const whole = gradient();
    const axes = broadcast_util.getReductionAxes(shape, whole.shape);
    return axes.length > 0 ? reshape(sum(whole, axes), shape) : whole;
  });
}
