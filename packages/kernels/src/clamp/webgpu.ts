import { ClipByValue, type ClipByValueAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { clipLimits, integerLimits } from './integer-limits.js';

/**
 * Limits int32 in int32, with one invocation for each value. The programs of tfjs, also those of
 * `minimum` and `maximum`, compute in float32, which does not represent all integers above 2²⁴.
 * Other dtypes run on tfjs's program.
 */
export const clipByValueOnWebGpu: BackendKernel<{ x: TensorInfo }, ClipByValueAttrs> = {
  kernelName: ClipByValue,
  make: (original) => (args) => {
    const { x } = args.inputs;
    if (x.dtype !== 'int32') return original!(args);
    const pass = elementwise({
      name: 'clip-integers',
      inputs: ['x'],
      outputShape: x.shape,
      uniforms: 'limits : vec2<i32>,',
      body: 'result[index] = min(max(x[index], uniforms.limits.x), uniforms.limits.y);',
    });
    const limits = integers(...integerLimits(clipLimits(args.attrs)));
    return runProgram(args.backend as WebGpuBackend, pass, [x], 'int32', [limits]);
  },
};
