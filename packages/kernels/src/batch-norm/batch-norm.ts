import { engine, keep, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';
import { composedGradients } from './composed-gradients.js';
import { batchNormTrainingGradientKernel, batchNormTrainingKernel } from './contract.js';

/**
 * Batch norm with the batch's own statistics: `y = γ (x − mean)/√(variance + ε) + β`, per
 * channel of the last axis. Differentiable in x, γ and β. The statistics have no gradient, and
 * the caller disposes of them. The backend in use must have the kernel.
 */
export function batchNormTraining(
  x: Tensor,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon: number,
): { y: Tensor; mean: Tensor1D; variance: Tensor1D } {
  let statistics: { mean: Tensor1D; variance: Tensor1D } | undefined;
  const y = differentiable(
    { x, gamma, beta },
    (given) => {
      const [value, mean, variance] = batchNormTrainingKernel.run(given, { epsilon });
      // tfjs disposes of all tensors of a custom gradient's forward pass except its value.
      statistics = { mean: keep(mean), variance: keep(variance) };
      return { value, saved: { x: given.x, mean, variance, gamma: given.gamma } };
    },
    (dy, saved) => {
      // An outer gradient records this one. The kernel has no gradient of its own.
      if (engine().state.gradientDepth > 0) {
        return composedGradients(dy, saved.x, saved.gamma, epsilon);
      }
      const inputs = { dy, ...saved };
      const [dx, dGamma, dBeta] = batchNormTrainingGradientKernel.run(inputs, { epsilon });
      return { x: dx, gamma: dGamma, beta: dBeta };
    },
  );
  return { y, ...statistics! };
}
