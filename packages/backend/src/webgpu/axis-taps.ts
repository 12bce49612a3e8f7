import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import type { AxisTapsAttrs } from '../wasm/axis-taps.js';
import { elementwise } from './program.js';
import { integers } from './uniform.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/**
 * `y [outer, outputs, inner] = Σ_t w_t · x [outer, index_t, inner]`, as on wasm. Each output reads
 * its own taps and nothing else. So an input reaches only the outputs that list it, even if it is
 * infinite.
 */
export const axisTapsKernel: BackendKernel = {
  kernelName: 'AxisTaps',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const gpu = backend as WebGpuBackend;
      const { x } = inputs as { x: TensorInfo };
      const { starts, indices, weights } = attrs as unknown as AxisTapsAttrs;
      const [outer, size, inner] = x.shape as [number, number, number];
      const outputs = starts.length - 1;
      // float32 holds these integers, since they are below 2²⁴.
      const values = Float32Array.from([...starts, ...indices, ...weights]);
      const table = gpu.makeTensorInfo([values.length], 'float32', values);
      const pass = elementwise({
        name: 'axis-taps',
        inputs: ['x', 'table'],
        halves: ['x'],
        outputShape: [outer, outputs, inner],
        uniforms: 'sizes : vec3<i32>, taps : i32,',
        body: `
          let c = index % uniforms.sizes.z;
          let output = (index / uniforms.sizes.z) % uniforms.sizes.y;
          let first = (index / uniforms.sizes.z / uniforms.sizes.y) * uniforms.sizes.x;
          let indices = uniforms.sizes.y + 1;
          var sum = 0.0;
          for (var tap = i32(table[output]); tap < i32(table[output + 1]); tap++) {
            let line = first + i32(table[indices + tap]);
            sum += table[indices + uniforms.taps + tap] * x_at(line * uniforms.sizes.z + c);
          }
          result[index] = sum;`,
      });
      const y = gpu.runWebGPUProgram(pass, [x, table], 'float32', [
        integers(size, outputs, inner),
        integers(indices.length),
      ]);
      gpu.disposeData(table.dataId);
      return y;
    },
};
