import { elementwise, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { axisTapsKernel } from './contract.js';

/** WGSL: one invocation computes one output. It loops over the taps of the output. */
const SUM_OF_TAPS = `
  let c = index % uniforms.sizes.z;
  let output = (index / uniforms.sizes.z) % uniforms.sizes.y;
  let first = (index / uniforms.sizes.z / uniforms.sizes.y) * uniforms.sizes.x;
  let indices = uniforms.sizes.y + 1;
  var sum = 0.0;
  for (var tap = i32(table[output]); tap < i32(table[output + 1]); tap++) {
    let line = first + i32(table[indices + tap]);
    sum += table[indices + uniforms.taps + tap] * x_at(line * uniforms.sizes.z + c);
  }
  result[index] = sum;`;

/**
 * One pass, without workgroup memory. The table holds the starts, then the indices, then the
 * weights.
 */
export const axisTapsOnWebGpu = axisTapsKernel.on(
  (backend: WebGpuBackend, { x }, { starts, indices, weights }) => {
    const [outer, size, inner] = x.shape as [number, number, number];
    const outputs = starts.length - 1;
    // All these integers are below 2²⁴, so float32 represents them exactly.
    const values = Float32Array.from([...starts, ...indices, ...weights]);
    const table = backend.makeTensorInfo([values.length], 'float32', values);
    const pass = elementwise({
      name: 'axis-taps',
      inputs: ['x', 'table'],
      halves: ['x'],
      outputShape: [outer, outputs, inner],
      uniforms: 'sizes : vec3<i32>, taps : i32,',
      body: SUM_OF_TAPS,
    });
    const y = runProgram(backend, pass, [x, table], 'float32', [
      integers(size, outputs, inner),
      integers(indices.length),
    ]);
    backend.disposeData(table.dataId);
    return y;
  },
);
