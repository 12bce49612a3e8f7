import { AddN, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/**
 * Sum of many tensors, in several passes of tfjs's kernel. tfjs binds one buffer for each summand.
 * A device with eight buffers per stage returns zeros for eight or more summands, and no error.
 * Here each pass adds as many summands as the device can bind to the sum of the passes before it.
 */
export const addNOnWebGpu: BackendKernel<TensorInfo[], unknown> = {
  kernelName: AddN,
  make:
    (original) =>
    ({ inputs: summands, ...rest }) => {
      const backend = rest.backend as WebGpuBackend;
      // The result takes one buffer.
      const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
      const add = (inputs: TensorInfo[]) => original!({ ...rest, inputs }) as TensorInfo;
      let total = add(summands.slice(0, most));
      for (let at = most; at < summands.length; at += most - 1) {
        const partial = total;
        total = add([partial, ...summands.slice(at, at + most - 1)]);
        backend.disposeData(partial.dataId);
      }
      return total;
    },
};
