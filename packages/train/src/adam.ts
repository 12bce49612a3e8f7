import { refuse, requireNumber, requireOptions, requirePositive } from '@ds/checks';
import {
  add,
  div,
  keep,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Optimizer, requireSlot, requireState, requireUpdates } from './optimizer.js';

/**
 * Adam (Kingma & Ba 2015): `m ← β₁ m + (1−β₁) g`, `v ← β₂ v + (1−β₂) g²`,
 * `w ← w − η m̂ / (√v̂ + ε)` with `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`.
 *
 * @throws ConfigError if a β is not in [0, 1), or ε is not > 0.
 */
export function adam(
  options: { beta1?: number; beta2?: number; epsilon?: number } = {},
): Optimizer {
  requireOptions('adam', 'options', options, {
    beta1: requireNumber,
    beta2: requireNumber,
    epsilon: requirePositive,
  });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  for (const [name, beta] of Object.entries({ beta1, beta2 })) {
    if (!(beta >= 0 && beta < 1)) refuse('adam', name, 'be in [0, 1)', beta);
  }
  const moments = new Map<string, { first: Tensor; second: Tensor }>();
  let steps = 0;
  const dispose = () => {
    for (const { first, second } of moments.values()) {
      first.dispose();
      second.dispose();
    }
    moments.clear();
    steps = 0;
  };
  return {
    step: (updates) => {
      requireUpdates('adam().step', updates);
      for (const update of updates) {
        const { first, second } = moments.get(update.name) ?? {};
        for (const slot of [first, second]) if (slot) requireSlot('adam().step', update, slot);
      }
      steps += 1;
      const firstCorrection = 1 - beta1 ** steps;
      const secondCorrection = 1 - beta2 ** steps;
      return updates.map(({ name, value, gradient, learningRate }) =>
        tidy(() => {
          const previous = moments.get(name) ?? {
            first: zerosLike(gradient),
            second: zerosLike(gradient),
          };
          const first = keep(mix(previous.first, gradient, beta1));
          const second = keep(mix(previous.second, square(gradient), beta2));
          if (moments.has(name)) {
            previous.first.dispose();
            previous.second.dispose();
          }
          moments.set(name, { first, second });
          const scale = add(sqrt(div(second, scalar(secondCorrection))), scalar(epsilon));
          return sub(value, mul(div(first, scale), scalar(learningRate / firstCorrection)));
        }),
      );
    },
    state: () => ({
      steps,
      slots: new Map([...moments].map(([name, { first, second }]) => [name, [first, second]])),
    }),
    restore: (state) => {
      requireState('adam().restore', state, 2);
      dispose();
      steps = state.steps;
      for (const [name, [first, second]] of state.slots) {
        moments.set(name, { first: keep(first!), second: keep(second!) });
      }
    },
    dispose,
  };
}

/** `β a + (1 − β) b`. */
function mix(a: Tensor, b: Tensor, beta: number): Tensor {
  return add(mul(a, scalar(beta)), mul(b, scalar(1 - beta)));
}
