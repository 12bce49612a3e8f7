import {
  backend_util,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmKernel } from './install.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/**
 * The gradient of max pooling. tfjs's own wasm kernel is wrong for overlapping windows of even size
 * (2×2 at stride 1 on a 7×6 map: relative error 0.2).
 */
export const maxPoolGradKernel: WasmKernel = {
  kernelName: MaxPoolGrad,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, input } = inputs as Record<'dy' | 'input', TensorInfo>;
      const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as MaxPoolGradAttrs;
      const info = backend_util.computePool2DInfo(
        input.shape as [number, number, number, number],
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      const dx = (backend as WasmBackend).makeOutput(input.shape, 'float32');
      const { kernels, address } = kernelModule(backend)!;
      kernels.maxPoolGradient(
        ...[input, dy, dx].map(address),
        info.batchSize,
        info.inHeight,
        info.inWidth,
        info.inChannels,
        info.outHeight,
        info.outWidth,
        info.filterHeight,
        info.filterWidth,
        info.strideHeight,
        info.strideWidth,
        info.padInfo.top,
        info.padInfo.left,
      );
      return dx;
    },
};
