import { elementwise, runProgram } from '../webgpu/program.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { reluGradientKernel } from './contract.js';

/**
 * Runs in one pass; each invocation computes one value. tfjs runs three: a step, a cast and a
 * product.
 */
export const reluGradientOnWebGpu = reluGradientKernel.on((backend: WebGpuBackend, { dy, x }) => {
  const pass = elementwise({
    name: 'relu-grad',
    inputs: ['dy', 'x'],
    halves: ['x'],
    outputShape: x.shape,
    body: 'result[index] = select(0.0, dy[index], x_at(index) > 0.0);',
  });
  return runProgram(backend, pass, [dy, x], 'float32');
});
