import {
  getKernel,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { batchMatMulKernel } from './batch-mat-mul.js';
import { conv2dBackpropFilterKernel } from './conv2d-backprop-filter.js';
import { conv2dBackpropInputKernel } from './conv2d-backprop-input.js';
import { sumKernel } from './sum.js';

/**
 * One kernel for the wasm backend. `make` gets tfjs's own kernel, where there is one, for the cases
 * in which that is the better choice.
 */
export interface WasmKernel {
  kernelName: string;
  make(original: KernelFunc | undefined): KernelFunc;
}

const KERNELS: WasmKernel[] = [
  conv2dBackpropFilterKernel,
  conv2dBackpropInputKernel,
  batchMatMulKernel,
  sumKernel,
];

let installed: { added: string[]; replaced: string[] } | null = null;

/** Registers the kernels, once in a process. */
export function installWasmTraining(): { added: string[]; replaced: string[] } {
  if (installed) return installed;
  const added: string[] = [];
  const replaced: string[] = [];
  for (const { kernelName, make } of KERNELS) {
    const original = getKernel(kernelName, 'wasm');
    if (original) {
      unregisterKernel(kernelName, 'wasm');
      replaced.push(kernelName);
    } else {
      added.push(kernelName);
    }
    registerKernel({
      ...original,
      kernelName,
      backendName: 'wasm',
      kernelFunc: make(original?.kernelFunc),
    });
  }
  installed = { added, replaced };
  return installed;
}
