import { backend_util, greater, less, mul, relu, type Tensor, where } from '@tensorflow/tfjs-core';

/** ReLU with a slope for negative values. The slope broadcasts. NaN stays NaN. */
export function rectified(x: Tensor, slope: Tensor | number): Tensor {
  return where(less(x, 0), mul(x, slope), x);
}

/**
 * Applies an activation of tfjs's fused kernels. `slope` applies to `prelu` and `leakyrelu`. NaN
 * stays NaN. tfjs's `relu6` returns 0 for NaN on wasm and WebGPU.
 *
 * @throws Error if tfjs does not fuse the activation.
 */
export function activated(
  x: Tensor,
  activation: backend_util.Activation,
  slope: Tensor | number,
): Tensor {
  if (activation === 'prelu' || activation === 'leakyrelu') return rectified(x, slope);
  if (activation !== 'relu6') return backend_util.applyActivation(x, activation);
  const positive = relu(x);
  return where(greater(positive, 6), 6, positive);
}
