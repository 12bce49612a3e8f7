import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  Relu,
  registerGradient,
  type Tensor,
  type TensorInfo,
  unregisterGradient,
  util,
} from '@tensorflow/tfjs-core';
import type { WasmKernel } from './install.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

const RELU_GRAD = 'ReluGrad';

/** `dx = dy` where x > 0, in one pass; tfjs computes a step, casts it and multiplies. */
export const reluGradKernel: WasmKernel = {
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

/** Lets ReLU's gradient use the kernel on backends that have it, and stay as it was elsewhere. */
export function acceleratedRelu(): void {
  const original = getGradient(Relu);
  if (!original) return;
  unregisterGradient(Relu);
  registerGradient({
    ...original,
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved as [Tensor];
      if (!getKernel(RELU_GRAD, getBackend())) return original.gradFunc(dy, saved, attrs);
      return { x: () => engine().runKernel(RELU_GRAD, { dy: dy as Tensor, x }) as Tensor };
    },
  });
}
