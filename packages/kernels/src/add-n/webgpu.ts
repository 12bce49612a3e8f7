import {
  AddN,
  type KernelFunc,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/**
 * Sums in parts that a program can read at once. tfjs binds every summand, and where a device takes no more than eight buffers its sum of
 * eight or more fails without an error, as zeros.
 */
export const addNKernel: BackendKernel = {
  kernelName: AddN,
  make:
    (original) =>
    ({ inputs, ...rest }) => {
      const backend = rest.backend as WebGpuBackend;
      // One buffer is the result's.
      const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
      const add = (summands: TensorInfo[]) =>
        (original as KernelFunc)({
          ...rest,
          inputs: summands as unknown as NamedTensorInfoMap,
        }) as TensorInfo;
      const summands = inputs as unknown as TensorInfo[];
      let total = add(summands.slice(0, most));
      for (let at = most; at < summands.length; at += most - 1) {
        const partial = total;
        total = add([partial, ...summands.slice(at, at + most - 1)]);
        backend.disposeData(partial.dataId);
      }
      return total;
    },
};
