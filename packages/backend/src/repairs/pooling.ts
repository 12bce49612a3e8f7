import { regionMaxKernel } from '@ds/kernels';
import {
  type BackendKernel,
  fittedWindows,
  outerPadding,
  type PoolAttrs,
  poolInfo,
} from '@ds/kernels/tfjs';
import { AvgPool, getKernel, MaxPool, type TensorInfo, zeros } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

const POOLS: Record<string, string> = { [AvgPool]: 'avgPool', [MaxPool]: 'maxPool' };

/**
 * XNNPACK, which pools without the kernels of `@ds/kernels`, keeps an address for each pixel of
 * each window. Larger windows do not fit in memory.
 */
const MOST_PIXELS = 2 ** 24;

/**
 * Makes the padding of poolings explicit for each border, cuts windows that are larger than the
 * image to its pixels, and returns a result without windows as it is.
 */
export const pooling: Repair = {
  name: 'AvgPool and MaxPool with padding as one number, no windows or huge ones',
  wrong:
    'computes the output width from the height of filter and strides: wrong sizes; ' +
    'writes into other memory on wasm, and refuses results of size 0 on WebGPU',
  backends: OWN_KERNELS,
  changes: kernelsOn(OWN_KERNELS, Object.keys(POOLS)),
  install: (backend) => {
    registerKernels(
      backend,
      Object.keys(POOLS).map((kernelName) => wrapper(kernelName, backend === 'wasm')),
    );
  },
};

function wrapper(
  kernelName: string,
  hasLimit: boolean,
): BackendKernel<{ x: TensorInfo }, PoolAttrs> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { x } = args.inputs;
      const given = args.attrs;
      const info = poolInfo(x.shape, given);
      const op = POOLS[kernelName]!;
      requireFittingWindow(op, info);
      if (info.outShape.includes(0)) return zeros(info.outShape, x.dtype);
      requirePixels(op, info, given);
      const { filterSize, strides, pad, dimRoundingMode } = fittedWindows(info, given);
      const fitted = poolInfo(x.shape, { filterSize, strides, pad, dimRoundingMode });
      if (hasLimit && !getKernel(regionMaxKernel.name, 'wasm')) requireFewPixels(op, fitted);
      const padding = typeof pad === 'string' ? pad : outerPadding(fitted);
      const attrs = { filterSize, strides, pad: padding, dimRoundingMode };
      return original!({ ...args, attrs });
    },
  };
}

type PoolInfo = ReturnType<typeof poolInfo>;

/** @throws Error if a window is larger than the padded image. */
function requireFittingWindow(op: string, info: PoolInfo): void {
  const { outHeight, outWidth, filterHeight, filterWidth, inHeight, inWidth } = info;
  if (outHeight >= 0 && outWidth >= 0) return;
  throw new Error(
    `${op}: the window must fit into the padded image, ` +
      `got a window of ${filterHeight}×${filterWidth} for ${inHeight}×${inWidth} pixels`,
  );
}

/** @throws Error if a window contains only padding: it has no mean and no maximum. */
function requirePixels(op: string, info: PoolInfo, attrs: PoolAttrs): void {
  const isOutside = (before: number, size: number, filter: number, stride: number, count: number) =>
    before >= filter || (count - 1) * stride - before >= size;
  const { top, left } = info.padInfo;
  if (
    !isOutside(top, info.inHeight, info.filterHeight, info.strideHeight, info.outHeight) &&
    !isOutside(left, info.inWidth, info.filterWidth, info.strideWidth, info.outWidth)
  )
    return;
  const { filterSize, strides, pad } = attrs;
  throw new Error(
    `${op}: every window must contain a pixel of the image, ` +
      `got filterSize ${JSON.stringify(filterSize)}, ` +
      `strides ${JSON.stringify(strides)} and pad ${JSON.stringify(pad)} ` +
      `for ${info.inHeight}×${info.inWidth} pixels`,
  );
}

/** @throws Error if wasm cannot hold the addresses of a window's pixels. */
function requireFewPixels(op: string, { filterHeight, filterWidth }: PoolInfo): void {
  if (filterHeight * filterWidth <= MOST_PIXELS) return;
  throw new Error(
    `${op}: a window must have at most ${MOST_PIXELS} pixels on wasm, ` +
      `got ${filterHeight}×${filterWidth}`,
  );
}
