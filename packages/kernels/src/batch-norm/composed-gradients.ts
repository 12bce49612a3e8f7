import { add, mean, mul, rsqrt, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The gradients of batch norm in x, γ and β, from tfjs's ops. So they are differentiable
 * themselves. Statistics are computed again, since they depend on x.
 */
export function composedGradients(
  dy: Tensor,
  x: Tensor,
  gamma: Tensor,
  epsilon: number,
): { x: Tensor; gamma: Tensor; beta: Tensor } {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const centred = sub(x, mean(x, axes));
  const inverse = rsqrt(add(mean(square(centred), axes), epsilon));
  const normal = mul(centred, inverse);
  const shared = add(mean(dy, axes), mul(normal, mean(mul(dy, normal), axes)));
  return {
    x: mul(mul(gamma, inverse), sub(dy, shared)),
    gamma: sum(mul(dy, normal), axes),
    beta: sum(dy, axes),
  };
}
