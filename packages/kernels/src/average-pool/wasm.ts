import { AvgPool, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { type PoolAttrs, poolInfo, windowSizes } from '../max-pool/windows.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/** Average pooling of floats. tfjs's kernel returns −∞ for a window with NaN. */
export const averagePoolOnWasm: BackendKernel<{ x: TensorInfo }, PoolAttrs> = {
  kernelName: AvgPool,
  make: (original) => (call) => {
    const { x } = call.inputs;
    const module = kernelModule(call.backend);
    if (!module || x.dtype !== 'float32') return original!(call);
    const info = poolInfo(x.shape, call.attrs);
    const y = (call.backend as WasmBackend).makeOutput(info.outShape, 'float32');
    const [from, to] = [module.address(x), module.address(y)];
    const sizes = windowSizes(info);
    const { inHeight, inWidth, outHeight, outWidth, channels } = sizes;
    for (let i = 0; i < info.batchSize; i++) {
      module.kernels.averagePool({
        x: from + 4 * i * inHeight * inWidth * channels,
        y: to + 4 * i * outHeight * outWidth * channels,
        ...sizes,
      });
    }
    return y;
  },
};
