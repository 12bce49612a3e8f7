import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { batchNormTrainingGradientKernel, batchNormTrainingKernel } from './contract.js';

export const batchNormTrainingOnWasm = batchNormTrainingKernel.on(
  (backend: WasmBackend, { x, gamma, beta }, { epsilon }) => {
    const channels = gamma.shape[0]!;
    const [y, mean, variance] = outputs(backend, x, channels);
    const { kernels, address, scratch } = kernelModule(backend)!;
    kernels.batchNormForward({
      x: address(x),
      gamma: address(gamma),
      beta: address(beta),
      y: address(y),
      mean: address(mean),
      variance: address(variance),
      scratch: scratch(kernels.batchNormForwardScratch({ channels })),
      rows: util.sizeFromShape(x.shape) / channels,
      channels,
      epsilon,
    });
    return [y, mean, variance];
  },
);

export const batchNormTrainingGradientOnWasm = batchNormTrainingGradientKernel.on(
  (backend: WasmBackend, { dy, x, mean, variance, gamma }, { epsilon }) => {
    const channels = gamma.shape[0]!;
    const [dx, dgamma, dbeta] = outputs(backend, x, channels);
    const { kernels, address, scratch } = kernelModule(backend)!;
    kernels.batchNormBackward({
      dy: address(dy),
      x: address(x),
      mean: address(mean),
      variance: address(variance),
      gamma: address(gamma),
      dx: address(dx),
      dgamma: address(dgamma),
      dbeta: address(dbeta),
      scratch: scratch(kernels.batchNormBackwardScratch({ channels })),
      rows: util.sizeFromShape(x.shape) / channels,
      channels,
      epsilon,
    });
    return [dx, dgamma, dbeta];
  },
);

/** Makes a tensor of x's shape, and two of one value per channel. */
function outputs(backend: WasmBackend, { shape }: TensorInfo, channels: number) {
  const make = (sizes: number[]) => backend.makeOutput(sizes, 'float32');
  return [make(shape), make([channels]), make([channels])] as const;
}
