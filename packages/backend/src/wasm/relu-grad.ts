import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { RELU_GRAD } from '../accelerated-relu.js';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/** `dx = dy` where x > 0, in one pass; tfjs computes a step, casts it and multiplies. */
export const reluGradKernel: BackendKernel = {
  kernelName: RELU_GRAD,
  make:
    () =>
    ({ inputs, backend }) => {
      const { dy, x } = inputs as { dy: TensorInfo; x: TensorInfo };
      const dx = (backend as WasmBackend).makeOutput(x.shape, 'float32');
      const { kernels, address } = kernelModule(backend)!;
      kernels.reluGradient(address(dy), address(x), address(dx), util.sizeFromShape(x.shape));
      return dx;
    },
};
