import type { TensorInfo } from '@tensorflow/tfjs-core';
import { BATCH_NORM, BATCH_NORM_GRAD } from '../accelerated-batch-norm.js';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/** Batch norm with the batch's own statistics: [y, mean, variance] from x, γ and β. */
export const batchNormTrainingKernel: BackendKernel = {
  kernelName: BATCH_NORM,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x, gamma, beta } = inputs as Record<string, TensorInfo>;
      const { epsilon } = attrs as unknown as { epsilon: number };
      const channels = gamma!.shape[0]!;
      const make = (shape: number[]) => (backend as WasmBackend).makeOutput(shape, 'float32');
      const [y, mean, variance] = [make(x!.shape), make([channels]), make([channels])];
      const { kernels, address, scratch } = kernelModule(backend)!;
      kernels.batchNormForward(
        ...[x!, gamma!, beta!, y, mean, variance].map(address),
        scratch(kernels.batchNormForwardScratch(channels)),
        sizeOf(x!) / channels,
        channels,
        epsilon,
      );
      return [y, mean, variance];
    },
};

/** Its gradients: [dx, dγ, dβ]. */
export const batchNormTrainingGradKernel: BackendKernel = {
  kernelName: BATCH_NORM_GRAD,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, x, mean, variance, gamma } = inputs as Record<string, TensorInfo>;
      const { epsilon } = attrs as unknown as { epsilon: number };
      const channels = gamma!.shape[0]!;
      const make = (shape: number[]) => (backend as WasmBackend).makeOutput(shape, 'float32');
      const [dx, dgamma, dbeta] = [make(x!.shape), make([channels]), make([channels])];
      const { kernels, address, scratch } = kernelModule(backend)!;
      kernels.batchNormBackward(
        ...[dy!, x!, mean!, variance!, gamma!, dx, dgamma, dbeta].map(address),
        scratch(kernels.batchNormBackwardScratch(channels)),
        sizeOf(x!) / channels,
        channels,
        epsilon,
      );
      return [dx, dgamma, dbeta];
    },
};

function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}
