import { add, keep, mul, scalar, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { MomentumAttributes } from './contract.js';

/**
 * The step from tfjs's elementwise ops. Returns the new value and the new velocity, which it keeps.
 */
export function composedSgdMomentum(
  { value, velocity, gradient }: { value: Tensor; velocity: Tensor; gradient: Tensor },
  { learningRate, momentum, nesterov }: MomentumAttributes & { learningRate: number },
): { value: Tensor; velocity: Tensor } {
  const next = keep(add(mul(velocity, scalar(momentum)), gradient));
  const direction = nesterov ? add(gradient, mul(next, scalar(momentum))) : next;
  return { value: sub(value, mul(direction, scalar(learningRate))), velocity: next };
}
