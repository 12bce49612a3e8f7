import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/**
 * One update of stochastic gradient descent with momentum: `v ← μ v + g` in place, and as a new tensor `w − η v`, or with
 * `nesterov` `w − η (g + μ v)`. Inputs value, velocity and gradient, attributes learningRate, momentum and nesterov. Whoever
 * calls it owns the velocity alone. The value is not overwritten: XNNPACK keeps packed copies of what tfjs convolves and
 * multiplies with, by the tensor's id, and would go on with the old ones.
 */
export const sgdMomentumKernel: BackendKernel = {
  kernelName: 'SgdMomentum',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { value, velocity, gradient } = inputs as Record<string, TensorInfo>;
      const { learningRate, momentum, nesterov } = attrs as {
        learningRate: number;
        momentum: number;
        nesterov: boolean;
      };
      const { kernels, address } = kernelModule(backend)!;
      const next = (backend as WasmBackend).makeOutput(value!.shape, 'float32');
      kernels.sgdMomentum(
        address(value!),
        address(next),
        address(velocity!),
        address(gradient!),
        value!.shape.reduce((size, side) => size * side, 1),
        learningRate,
        momentum,
        nesterov ? 1 : 0,
      );
      return next;
    },
};
