import { Cast, type CastAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/**
 * Converts integers or booleans to float32: on the device with one invocation for each value, or on
 * the host if the values are only there.
 */
export function castToFloat(backend: WebGpuBackend, x: TensorInfo): TensorInfo {
  const { values, resource } = backend.tensorMap.get(x.dataId);
  // Nothing is uploaded until a program reads the result.
  if (values && !resource) {
    return backend.makeTensorInfo(x.shape, 'float32', Float32Array.from(values));
  }
  const pass = elementwise({
    name: 'cast-to-float',
    inputs: ['x'],
    outputShape: x.shape,
    constants: x.dtype,
    body: 'result[index] = f32(x[index]);',
  });
  return runProgram(backend, pass, [x], 'float32');
}

/**
 * {@link castToFloat} as a kernel. tfjs only changes the dtype of the result, and leaves integers
 * in its memory. A program that reads its inputs as floats then does not compile. Other casts run
 * on tfjs's kernel.
 */
export const castOnWebGpu: BackendKernel<{ x: TensorInfo }, CastAttrs> = {
  kernelName: Cast,
  make: (original) => (call) => {
    const { x } = call.inputs;
    const isWhole = x.dtype === 'int32' || x.dtype === 'bool';
    const isEmpty = util.sizeFromShape(x.shape) === 0;
    if (!isWhole || isEmpty || call.attrs.dtype !== 'float32') return original!(call);
    return castToFloat(call.backend as WebGpuBackend, x);
  },
};
