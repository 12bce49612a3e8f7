import { broadcast_util, reshape, sum, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';

/**
 * Sums the gradient of a broadcast operand to the operand's shape, over the axes along which the
 * operand was repeated.
 */
export function summedTo(gradient: Tensor, shape: number[]): Tensor {
  return tidy(() => {
    if (gradient.size === 0) return zeros(shape);
    const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
    return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
  });
}
