import { type BackendKernel, fittedWindows, type PoolAttrs, poolInfo } from '@ds/kernels/tfjs';
import {
  AvgPool,
  type KernelFunc,
  MaxPool,
  type NamedAttrMap,
  type TensorInfo,
  zeros,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replaced-kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

const POOLS: Record<string, string> = { [AvgPool]: 'avgPool', [MaxPool]: 'maxPool' };

/** XNNPACK keeps an address for each pixel of each window. Larger windows do not fit in memory. */
const MOST_PIXELS = 2 ** 24;

/**
 * Cuts windows that are larger than the image to its pixels, and returns a result without windows
 * as it is.
 */
export const poolWindows: Repair = {
  name: 'AvgPool and MaxPool with no windows or huge ones',
  wrong: 'writes into other memory on wasm, and refuses results of size 0 on WebGPU',
  backends: OWN_KERNELS,
  changes: kernelsOn(OWN_KERNELS, Object.keys(POOLS)),
  install: (backend) => {
    registerKernels(
      backend,
      Object.keys(POOLS).map((kernelName) => pooling(kernelName, backend === 'wasm')),
    );
  },
};

function pooling(kernelName: string, hasLimit: boolean): BackendKernel {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { x } = args.inputs as { x: TensorInfo };
      const attrs = args.attrs as unknown as PoolAttrs;
      const info = poolInfo(x.shape, attrs);
      const { outHeight, outWidth, outShape, filterHeight, filterWidth } = info;
      const op = POOLS[kernelName]!;
      if (outHeight < 0 || outWidth < 0) {
        throw new Error(
          `${op}: the window must fit into the padded image, got a window of ` +
            `${filterHeight}×${filterWidth} for ${info.inHeight}×${info.inWidth} pixels`,
        );
      }
      if (outShape.includes(0)) return zeros(outShape);
      const windows = fittedWindows(info, attrs);
      const { filterHeight: high, filterWidth: wide } = poolInfo(x.shape, windows);
      if (hasLimit && high * wide > MOST_PIXELS) {
        throw new Error(
          `${op}: a window must have at most ${MOST_PIXELS} pixels on wasm, got ${high}×${wide}`,
        );
      }
      return (original as KernelFunc)({ ...args, attrs: windows as unknown as NamedAttrMap });
    },
  };
}
