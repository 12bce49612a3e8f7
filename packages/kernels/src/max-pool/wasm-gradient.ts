import {
  backend_util,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { regionMaxGradient } from '../region-max/wasm.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/**
 * Gradient of max pooling. tfjs's own wasm kernel is wrong for overlapping windows of even size
 * (2×2 at stride 1 on a 7×6 map: relative error 0.2).
 */
export const maxPoolGradKernel: BackendKernel<
  Record<'dy' | 'input', TensorInfo>,
  MaxPoolGradAttrs
> = {
  kernelName: MaxPoolGrad,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, input } = inputs;
      const { filterSize, strides, pad, dimRoundingMode } = attrs;
      const info = backend_util.computePool2DInfo(
        input.shape as [number, number, number, number],
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      const { top, left } = info.padInfo;
      const rows = windows(info.outHeight, info.strideHeight, info.filterHeight, top);
      const columns = windows(info.outWidth, info.strideWidth, info.filterWidth, left);
      return regionMaxGradient(
        backend as WasmBackend,
        { dy, x: input },
        { rows: within(rows, info.inHeight), columns: within(columns, info.inWidth) },
      );
    },
};

/** Returns the pairs [start, end) of the windows along an axis. They may reach into the padding. */
function windows(count: number, stride: number, filter: number, before: number): Int32Array {
  return Int32Array.from({ length: 2 * count }, (_, i) => {
    const start = Math.floor(i / 2) * stride - before;
    return i % 2 === 0 ? start : start + filter;
  });
}

/** Clips the windows to the image. */
function within(windows: Int32Array, size: number): Int32Array {
  return windows.map((index) => Math.min(Math.max(index, 0), size));
}
