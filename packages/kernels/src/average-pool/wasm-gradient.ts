import { AvgPoolGrad, type AvgPoolGradAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { poolInfo, windowSizes } from '../max-pool/windows.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/**
 * Gradient of average pooling, which divides by the size of the whole window, as tfjs's kernel
 * does. tfjs's kernel is a scalar loop that visits all windows of each value.
 */
export const averagePoolGradientOnWasm: BackendKernel<
  Record<'dy' | 'input', TensorInfo>,
  AvgPoolGradAttrs
> = {
  kernelName: AvgPoolGrad,
  make: (original) => (args) => {
    const { dy, input } = args.inputs;
    const module = kernelModule(args.backend);
    const isEmpty = dy.shape.includes(0) || input.shape.includes(0);
    if (!module || dy.dtype !== 'float32' || isEmpty) return original!(args);
    const info = poolInfo(input.shape, args.attrs);
    const dx = (args.backend as WasmBackend).makeOutput(input.shape, 'float32');
    const [from, to] = [module.address(dy), module.address(dx)];
    const sizes = windowSizes(info);
    const { inHeight, inWidth, outHeight, outWidth, channels } = sizes;
    for (let i = 0; i < info.batchSize; i++) {
      module.kernels.averagePoolGradient({
        dy: from + 4 * i * outHeight * outWidth * channels,
        dx: to + 4 * i * inHeight * inWidth * channels,
        ...sizes,
      });
    }
    return dx;
  },
};
