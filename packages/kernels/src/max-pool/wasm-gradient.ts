import { MaxPoolGrad, type MaxPoolGradAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { regionMaxGradient } from '../region-max/wasm.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { poolInfo, windowRegions } from './windows.js';

/**
 * Gradient of max pooling. tfjs's own wasm kernel is wrong for overlapping windows of even size
 * (2×2 at stride 1 on a 7×6 map: relative error 0.2).
 */
export const maxPoolGradOnWasm: BackendKernel<
  Record<'dy' | 'input', TensorInfo>,
  MaxPoolGradAttrs
> = {
  kernelName: MaxPoolGrad,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, input } = inputs;
      const info = poolInfo(input.shape, attrs);
      return regionMaxGradient(backend as WasmBackend, { dy, x: input }, windowRegions(info));
    },
};
