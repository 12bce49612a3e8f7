import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise } from './program.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** `dx = dy` where x > 0, in one pass; tfjs computes a step, casts it and multiplies. */
export const reluGradKernel: BackendKernel = {
  kernelName: 'ReluGrad',
  make:
    () =>
    ({ inputs, backend }) => {
      const { dy, x } = inputs as Record<'dy' | 'x', TensorInfo>;
      const pass = elementwise({
        name: 'relu-grad',
        inputs: ['dy', 'x'],
        halves: ['x'],
        outputShape: x.shape,
        body: 'result[index] = select(0.0, dy[index], x_at(index) > 0.0);',
      });
      return (backend as WebGpuBackend).runWebGPUProgram(pass, [dy, x], 'float32');
    },
};
