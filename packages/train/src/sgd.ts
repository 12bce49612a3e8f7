import { refuse, requireBoolean, requireNumber, requireOptions } from '@ds/checks';
import { sgdMomentum } from '@ds/kernels';
import { keep, mul, scalar, sub, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import {
  type Optimizer,
  type ParameterUpdate,
  requireSlot,
  requireState,
  requireUpdates,
} from './optimizer.js';

/**
 * Stochastic gradient descent with momentum: `v ← μ v + g`, `w ← w − η v`, or with Nesterov's
 * `w ← w − η (g + μ v)`.
 *
 * A backend may have a kernel that does this in one pass, as `@ds/backend` has on wasm, or in one
 * pass over all parameters, as it has on WebGPU.
 *
 * @throws ConfigError if momentum is not in [0, 1).
 */
export function sgd(options: { momentum?: number; nesterov?: boolean } = {}): Optimizer {
  requireOptions('sgd', 'options', options, {
    momentum: requireNumber,
    nesterov: requireBoolean,
  });
  const { momentum = 0, nesterov = false } = options;
  if (!(momentum >= 0 && momentum < 1)) refuse('sgd', 'momentum', 'be in [0, 1)', momentum);
  const velocities = new Map<string, Tensor>();
  let steps = 0;
  const dispose = () => {
    for (const velocity of velocities.values()) velocity.dispose();
    velocities.clear();
    steps = 0;
  };
  const velocityOf = (update: ParameterUpdate) => {
    const { name, gradient } = update;
    const velocity = velocities.get(name) ?? keep(zerosLike(gradient));
    requireSlot('sgd().step', update, velocity);
    velocities.set(name, velocity);
    return velocity;
  };
  const plain = ({ value, gradient, learningRate }: ParameterUpdate) =>
    sub(value, mul(gradient, scalar(learningRate)));
  const withMomentum = (updates: ParameterUpdate[]) => {
    const next = sgdMomentum(
      {
        values: updates.map(({ value }) => value),
        velocities: updates.map(velocityOf),
        gradients: updates.map(({ gradient }) => gradient),
      },
      { learningRates: updates.map(({ learningRate }) => learningRate), momentum, nesterov },
    );
    updates.forEach(({ name }, i) => {
      velocities.set(name, next.velocities[i]!);
    });
    return next.values;
  };
  return {
    step: (updates) => {
      requireUpdates('sgd().step', updates);
      steps += 1;
      if (momentum > 0) return tidy(() => withMomentum(updates));
      return updates.map((update) => tidy(() => plain(update)));
    },
    state: () => ({
      steps,
      slots: new Map([...velocities].map(([name, velocity]) => [name, [velocity]])),
    }),
    restore: (state) => {
      requireState('sgd().restore', state, momentum > 0 ? 1 : 0);
      dispose();
      steps = state.steps;
      for (const [name, [velocity]] of state.slots) velocities.set(name, keep(velocity!));
    },
    dispose,
  };
}
