import { Cast, type CastAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/**
 * Converts integers and booleans to float32, with one invocation for each value. tfjs only changes
 * the dtype of the result, and leaves integers in its memory. A program that reads its inputs as
 * floats then does not compile. Other casts run on tfjs's kernel.
 */
export const castKernel: BackendKernel<{ x: TensorInfo }, CastAttrs> = {
  kernelName: Cast,
  make: (original) => (call) => {
    const { x } = call.inputs;
    const isWhole = x.dtype === 'int32' || x.dtype === 'bool';
    const isEmpty = util.sizeFromShape(x.shape) === 0;
    if (!isWhole || isEmpty || call.attrs.dtype !== 'float32') return original!(call);
    const pass = elementwise({
      name: 'cast-to-float',
      inputs: ['x'],
      outputShape: x.shape,
      constants: x.dtype,
      body: 'result[index] = f32(x[index]);',
    });
    return runProgram(call.backend as WebGpuBackend, pass, [x], 'float32');
  },
};
