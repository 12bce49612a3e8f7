import { util } from '@tensorflow/tfjs-core';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { sgdMomentumKernel } from './contract.js';

/**
 * One pass. The value is not overwritten: XNNPACK caches packed copies of matrices and filters by
 * tensor id, and would use the old copies.
 */
export const sgdMomentumOnWasm = sgdMomentumKernel.on(
  (backend: WasmBackend, { value, velocity, gradient }, attributes) => {
    const { learningRate, momentum, nesterov } = attributes;
    const { kernels, address } = kernelModule(backend)!;
    const next = backend.makeOutput(value.shape, 'float32');
    kernels.sgdMomentum({
      value: address(value),
      next: address(next),
      velocity: address(velocity),
      gradient: address(gradient),
      count: util.sizeFromShape(value.shape),
      rate: learningRate,
      momentum,
      isNesterov: nesterov,
    });
    return next;
  },
);
