import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { composedSgdMomentum } from './composed.js';
import { type MomentumAttributes, sgdMomentumKernel, sgdMomentumOfAllKernel } from './contract.js';

/**
 * One step of SGD with momentum μ of all parameters, each with its learning rate η: `v ← μ v + g`,
 * `w ← w − η v`, or Nesterov's `w ← w − η (g + μ v)`.
 *
 * A backend may have a kernel for one parameter or for all at once. Returns the new values, and the
 * velocities for the next step. The given velocities are overwritten and returned, or disposed of.
 * No other tensor may share their data. Returned velocities outlive every `tidy`.
 */
export function sgdMomentum(
  parameters: { values: Tensor[]; velocities: Tensor[]; gradients: Tensor[] },
  attributes: MomentumAttributes & { learningRates: number[] },
): { values: Tensor[]; velocities: Tensor[] } {
  const { values, velocities, gradients } = parameters;
  if (values.length > 0 && sgdMomentumOfAllKernel.isHere()) {
    return { values: sgdMomentumOfAllKernel.run(parameters, attributes), velocities };
  }
  const stepOfOne = sgdMomentumKernel.isHere() ? byKernel : composed;
  const { learningRates, momentum, nesterov } = attributes;
  const next = values.map((value, i) =>
    stepOfOne(
      { value, velocity: velocities[i]!, gradient: gradients[i]! },
      { learningRate: learningRates[i]!, momentum, nesterov },
    ),
  );
  return {
    values: next.map(({ value }) => value),
    velocities: next.map(({ velocity }) => velocity),
  };
}

type StepOfOne = typeof composedSgdMomentum;

const byKernel: StepOfOne = (parameter, attributes) => ({
  value: sgdMomentumKernel.run(parameter, attributes),
  velocity: parameter.velocity,
});

const composed: StepOfOne = (parameter, attributes) => {
  const next = tidy(() => composedSgdMomentum(parameter, attributes));
  parameter.velocity.dispose();
  return next;
};
