import { requireBoolean, requireNumber, requireOptions } from '@ds/checks';
import {
  add,
  engine,
  getBackend,
  getKernel,
  keep,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  scalar,
  sub,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Optimizer, type ParameterUpdate, requireState, requireUpdates } from './optimizer.js';

/**
 * Stochastic gradient descent with momentum: `v ← μ v + g`, `w ← w − η v`, or with Nesterov's
 * `w ← w − η (g + μ v)`.
 *
 * A backend may bring a kernel named SgdMomentum that does it in one pass, or SgdMomentumAll for all parameters together, as `@ds/backend`
 * does on wasm and on WebGPU.
 *
 * @throws Error if momentum is not in [0, 1).
 */
export function sgd(options: { momentum?: number; nesterov?: boolean } = {}): Optimizer {
  requireOptions('sgd', 'options', options, {
    momentum: requireNumber,
    nesterov: requireBoolean,
  });
  const { momentum = 0, nesterov = false } = options;
  if (!(momentum >= 0 && momentum < 1)) {
    throw new Error(`sgd: momentum must be in [0, 1), got ${momentum}`);
  }
  const velocities = new Map<string, Tensor>();
  let steps = 0;
  const dispose = () => {
    for (const velocity of velocities.values()) velocity.dispose();
    velocities.clear();
    steps = 0;
  };
  const velocityOf = ({ name, gradient }: ParameterUpdate, next: (previous: Tensor) => Tensor) => {
    const previous = velocities.get(name) ?? keep(zerosLike(gradient));
    const velocity = next(previous);
    if (velocity !== previous) previous.dispose();
    velocities.set(name, velocity);
    return velocity;
  };
  const inOnePass = (update: ParameterUpdate) => {
    const { value, gradient, learningRate } = update;
    const velocity = velocityOf(update, (previous) => previous);
    const attrs = { learningRate, momentum, nesterov };
    return engine().runKernel('SgdMomentum', { value, velocity, gradient }, attrs) as Tensor;
  };
  const allAtOnce = (updates: ParameterUpdate[]) => {
    const inputs = [
      ...updates.map(({ value }) => value as Tensor),
      ...updates.map((update) => velocityOf(update, (previous) => previous)),
      ...updates.map(({ gradient }) => gradient),
    ];
    const learningRates = updates.map(({ learningRate }) => learningRate);
    const attrs = { learningRates, momentum, nesterov };
    return engine().runKernel(
      'SgdMomentumAll',
      inputs as unknown as NamedTensorMap,
      attrs as unknown as NamedAttrMap,
    ) as unknown as Tensor[];
  };
  const composed = (update: ParameterUpdate) => {
    const { value, gradient, learningRate } = update;
    let direction = gradient;
    if (momentum > 0) {
      const velocity = velocityOf(update, (previous) =>
        keep(add(mul(previous, scalar(momentum)), gradient)),
      );
      direction = nesterov ? add(gradient, mul(velocity, scalar(momentum))) : velocity;
    }
    return sub(value, mul(direction, scalar(learningRate)));
  };
  return {
    step: (updates) => {
      requireUpdates('sgd().step', updates);
      const hasKernel = momentum > 0 && getKernel('SgdMomentum', getBackend()) !== undefined;
      steps += 1;
      if (momentum > 0 && updates.length > 0 && getKernel('SgdMomentumAll', getBackend())) {
        return tidy(() => allAtOnce(updates));
      }
      return updates.map((update) => tidy(() => (hasKernel ? inOnePass : composed)(update)));
    },
    state: () => ({
      steps,
      slots: new Map([...velocities].map(([name, velocity]) => [name, [velocity]])),
    }),
    restore: (state) => {
      requireState('sgd().restore', state, 1);
      dispose();
      steps = state.steps;
      for (const [name, [velocity]] of state.slots) velocities.set(name, keep(velocity!));
    },
    dispose,
  };
}
