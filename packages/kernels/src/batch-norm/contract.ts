import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/**
 * Batch norm in training: `y = γ (x − mean)/√(variance + ε) + β` with the batch's own
 * statistics, per channel of the last axis. Returns [y, mean, variance].
 */
export const batchNormTrainingKernel = /* @__PURE__ */ new Kernel<
  { x: Tensor; gamma: Tensor1D; beta: Tensor1D },
  { epsilon: number },
  [Tensor, Tensor1D, Tensor1D]
>('BatchNormTraining');

/** Gradients of batch norm in x, γ and β. */
export const batchNormTrainingGradientKernel = /* @__PURE__ */ new Kernel<
  { dy: Tensor; x: Tensor; mean: Tensor1D; variance: Tensor1D; gamma: Tensor1D },
  { epsilon: number },
  [Tensor, Tensor1D, Tensor1D]
>('BatchNormTrainingGrad');
