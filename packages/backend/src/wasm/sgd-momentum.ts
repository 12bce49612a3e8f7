import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './install.js';
import { kernelModule } from './kernel-module.js';

/**
 * One update of stochastic gradient descent with momentum, in place: `v ← μ v + g`, `w ← w − η v`, or with `nesterov`
 * `w ← w − η (g + μ v)`. Inputs value, velocity and gradient, attributes learningRate, momentum and nesterov; returns
 * no tensor. Whoever calls it owns value and velocity alone: tensors that share their values would change too.
 */
export const sgdMomentumKernel: WasmKernel = {
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
      kernels.sgdMomentum(
        address(value!),
        address(velocity!),
        address(gradient!),
        value!.shape.reduce((size, side) => size * side, 1),
        learningRate,
        momentum,
        nesterov ? 1 : 0,
      );
      return [];
    },
};
