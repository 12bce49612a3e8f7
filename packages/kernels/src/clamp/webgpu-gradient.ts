import { elementwise, runProgram } from '../webgpu/program.js';
import { floats } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { clampGradientKernel } from './contract.js';

/**
 * Runs in one pass; each invocation computes one value. tfjs runs five: two comparisons, the choice
 * of both, zeros and a selection.
 */
export const clampGradientOnWebGpu = clampGradientKernel.on(
  (backend: WebGpuBackend, { dy, x }, { low, high }) => {
    const pass = elementwise({
      name: 'clamp-grad',
      inputs: ['dy', 'x'],
      halves: ['x'],
      outputShape: x.shape,
      uniforms: 'limits : vec2<f32>,',
      body: `
        let value = x_at(index);
        let is_inside = value >= uniforms.limits.x && value <= uniforms.limits.y;
        result[index] = select(0.0, dy[index], is_inside);`,
    });
    return runProgram(backend, pass, [dy, x], 'float32', [floats(low, high)]);
  },
);
