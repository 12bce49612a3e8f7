import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/**
 * Copies a float32 tensor's values into an array, given as attribute `target`, and returns no tensor: without the
 * array that `dataSync` makes each time, whose collection costs more than the copy.
 */
export const copyIntoKernel: BackendKernel = {
  kernelName: 'CopyInto',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { target } = attrs as unknown as { target: Float32Array };
      target.set(kernelModule(backend)!.values(inputs.x as TensorInfo));
      return [];
    },
};

/** A float32 tensor of a shape, with the values of an array, which is not kept: attributes `source` and `shape`. */
export const copyFromKernel: BackendKernel = {
  kernelName: 'CopyFrom',
  make:
    () =>
    ({ attrs, backend }) => {
      const { source, shape } = attrs as unknown as { source: Float32Array; shape: number[] };
      const tensor = (backend as WasmBackend).makeOutput(shape, 'float32');
      kernelModule(backend)!.values(tensor).set(source);
      return tensor;
    },
};
