import { broadcast_util, reshape, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** The gradient of an operand that was broadcast: summed over the axes along which it served again. */
export function summedTo(gradient: Tensor, shape: number[]): Tensor {
  return tidy(() => {
    const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
    return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
  });
}
