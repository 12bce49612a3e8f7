import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGpuKernel } from './install.js';
import { elementwise } from './program.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/**
 * One update of stochastic gradient descent with momentum: `v ← μ v + g` in place, and as a new tensor `w − η v`, or with `nesterov`
 * `w − η (g + μ v)`. Inputs value, velocity and gradient, attributes learningRate, momentum and nesterov. Whoever calls it owns the
 * velocity alone.
 */
export const sgdMomentumKernel: WebGpuKernel = {
  kernelName: 'SgdMomentum',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { value, velocity, gradient } = inputs as Record<string, TensorInfo>;
      const { learningRate, momentum, nesterov } = attrs as Record<string, number>;
      const gpu = backend as WebGpuBackend;
      const outputShape = value!.shape;
      const factors = [{ type: 'float32' as const, data: [momentum!, learningRate!] }];
      // Where it lies on the host still, or was read: the device's copy is the one that goes on.
      gpu.uploadToGPU(velocity!.dataId);
      gpu.tensorMap.get(velocity!.dataId).values = null;
      const remember = elementwise({
        name: 'sgd-velocity',
        inputs: ['gradient'],
        outputShape,
        uniforms: 'factors : vec2<f32>,',
        body: 'result[index] = uniforms.factors.x * result[index] + gradient[index];',
      });
      gpu.runWebGPUProgram(remember, [gradient!], 'float32', factors, velocity!);
      const direction = nesterov
        ? 'gradient[index] + uniforms.factors.x * velocity[index]'
        : 'velocity[index]';
      const step = elementwise({
        name: 'sgd-step',
        constants: nesterov ? 'nesterov' : '',
        inputs: nesterov ? ['value', 'velocity', 'gradient'] : ['value', 'velocity'],
        outputShape,
        uniforms: 'factors : vec2<f32>,',
        body: `result[index] = value[index] - uniforms.factors.y * (${direction});`,
      });
      const operands = nesterov ? [value!, velocity!, gradient!] : [value!, velocity!];
      return gpu.runWebGPUProgram(step, operands, 'float32', factors);
    },
};
