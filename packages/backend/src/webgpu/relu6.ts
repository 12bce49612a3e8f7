import { Relu6, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise } from './program.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** `min(max(x, 0), 6)`, and NaN of NaN, which tfjs makes 0. */
export const relu6Kernel: BackendKernel = {
  kernelName: Relu6,
  make: (original) => (args) => {
    const { x } = args.inputs as { x: TensorInfo };
    if (x.dtype !== 'float32' || x.shape.includes(0)) return original!(args);
    const pass = elementwise({
      name: 'relu6',
      inputs: ['x'],
      halves: ['x'],
      outputShape: x.shape,
      body: `
        let value = x_at(index);
        let positive = select(value, 0.0, value < 0.0);
        result[index] = select(positive, 6.0, positive > 6.0);`,
    });
    return (args.backend as WebGpuBackend).runWebGPUProgram(pass, [x], 'float32');
  },
};
