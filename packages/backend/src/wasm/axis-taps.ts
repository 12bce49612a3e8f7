import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/** What an AxisTaps kernel sums: output i takes entries starts[i] … starts[i + 1] of the other two. */
export interface AxisTapsAttrs {
  starts: Int32Array;
  indices: Int32Array;
  weights: Float32Array;
}

/**
 * `y [outer, outputs, inner] = Σ_t w_t · x [outer, index_t, inner]`: each pass of a separable depthwise
 * convolution, which costs its taps and not the product with a matrix that is nearly all zeros.
 */
export const axisTapsKernel: BackendKernel = {
  kernelName: 'AxisTaps',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x } = inputs as { x: TensorInfo };
      const { starts, indices, weights } = attrs as unknown as AxisTapsAttrs;
      const [outer, size, inner] = x.shape as [number, number, number];
      const outputs = starts.length - 1;
      const y = (backend as WasmBackend).makeOutput([outer, outputs, inner], 'float32');
      const { kernels, address, tables } = kernelModule(backend)!;
      const lists = tables(starts, indices, weights);
      kernels.axisTaps(address(x), address(y), ...lists, outer, size, outputs, inner);
      return y;
    },
};
