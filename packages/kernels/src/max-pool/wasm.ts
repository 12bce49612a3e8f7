import { type KernelBackend, MaxPool, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { regionMaximum } from '../region-max/wasm.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { type PoolAttrs, type PoolInfo, poolInfo, windowRegions } from './windows.js';

type Integers = Int32Array | Uint8Array;

/**
 * Max pooling. NaN counts as the largest, as in the gradient; tfjs's kernel loses it. Integers and
 * booleans, which tfjs's kernel refuses, are pooled on the host.
 */
export const maxPoolOnWasm: BackendKernel<{ x: TensorInfo }, PoolAttrs> = {
  kernelName: MaxPool,
  make: (original) => (call) => {
    const { x } = call.inputs;
    const info = poolInfo(x.shape, call.attrs);
    if (x.dtype !== 'int32' && x.dtype !== 'bool') {
      return kernelModule(call.backend) && x.dtype === 'float32'
        ? regionMaximum(call.backend as WasmBackend, x, windowRegions(info))
        : original!(call);
    }
    const host = call.backend as KernelBackend;
    const pixels = host.readSync(x.dataId) as Integers;
    const y = util.getTypedArrayFromDType(x.dtype, util.sizeFromShape(info.outShape));
    eachMaximum(info, pixels, (out, most) => {
      y[out] = most;
    });
    return { dataId: host.write(y, info.outShape, x.dtype), shape: info.outShape, dtype: x.dtype };
  },
};

/** Visits the outputs in the order of memory. */
function eachMaximum(
  info: PoolInfo,
  x: Integers,
  visit: (out: number, most: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  let out = 0;
  for (let sample = 0; sample < batchSize; sample++) {
    for (let row = 0; row < outHeight; row++) {
      const rows = within(row * info.strideHeight - padInfo.top, info.filterHeight, inHeight);
      for (let column = 0; column < outWidth; column++) {
        const columns = within(column * info.strideWidth - padInfo.left, info.filterWidth, inWidth);
        for (let channel = 0; channel < inChannels; channel++) {
          let most = Number.NEGATIVE_INFINITY;
          for (let i = rows.start; i < rows.end; i++) {
            for (let j = columns.start; j < columns.end; j++) {
              const pixel = x[((sample * inHeight + i) * inWidth + j) * inChannels + channel]!;
              if (pixel > most) most = pixel;
            }
          }
          visit(out++, most);
        }
      }
    }
  }
}

/** The part of a window that lies inside the image, along one axis. */
function within(first: number, filter: number, size: number): { start: number; end: number } {
  return { start: Math.max(first, 0), end: Math.min(first + filter, size) };
}
