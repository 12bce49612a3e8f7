import { add, clone, keep, mul, scalar, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Optimizer, ParameterUpdate } from './optimizer.js';

/**
 * Stochastic gradient descent with momentum: `v ← μ v + g`, `w ← w − η v`, or with Nesterov's
 * `w ← w − η (g + μ v)`.
 *
 * @throws Error if momentum is not in [0, 1).
 */
export function sgd({ momentum = 0, nesterov = false } = {}): Optimizer {
  if (!(momentum >= 0 && momentum < 1)) {
    throw new Error(`sgd: momentum must be in [0, 1), got ${momentum}`);
  }
  const velocities = new Map<string, Tensor>();
  return {
    step: (updates) =>
      updates.map(({ name, value, gradient, learningRate }: ParameterUpdate) =>
        tidy(() => {
          let direction = gradient;
          if (momentum > 0) {
            const previous = velocities.get(name);
            const velocity = keep(
              previous ? add(mul(previous, scalar(momentum)), gradient) : clone(gradient),
            );
            previous?.dispose();
            velocities.set(name, velocity);
            direction = nesterov ? add(gradient, mul(velocity, scalar(momentum))) : velocity;
          }
          return sub(value, mul(direction, scalar(learningRate)));
        }),
      ),
    dispose: () => {
      for (const velocity of velocities.values()) velocity.dispose();
      velocities.clear();
    },
  };
}
