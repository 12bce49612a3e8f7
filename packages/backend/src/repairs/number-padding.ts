import type { BackendKernel } from '@ds/kernels/tfjs';
import { borderByBorder, outerPadding, type PoolAttrs, poolInfo } from '@ds/kernels/tfjs';
import {
  AvgPool,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  getKernel,
  type KernelFunc,
  MaxPool,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replaced-kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

const POOLS: Record<string, string> = { [AvgPool]: 'avgPool', [MaxPool]: 'maxPool' };

const CONVOLUTIONS = [
  Conv2D,
  FusedConv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  FusedDepthwiseConv2D,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
];

/**
 * Makes the padding of poolings and convolutions explicit for each border. tfjs then computes
 * correct sizes.
 */
export const numberPadding: Repair = {
  name: 'padding as one number, in poolings and convolutions',
  wrong:
    'computes the output width from the height of filter and strides: ' +
    'wrong sizes, and access out of bounds on wasm',
  backends: OWN_KERNELS,
  changes: kernelsOn(OWN_KERNELS, [...Object.keys(POOLS), ...CONVOLUTIONS]),
  install: (backend) => {
    const present = (name: string) => getKernel(name, backend) !== undefined;
    registerKernels(backend, Object.keys(POOLS).filter(present).map(pooling));
    registerKernels(backend, CONVOLUTIONS.filter(present).map(convolution));
  },
};

function pooling(kernelName: string): BackendKernel {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { x } = args.inputs as { x: TensorInfo };
      const attrs = args.attrs as unknown as PoolAttrs;
      const info = poolInfo(x.shape, attrs);
      requirePixels(POOLS[kernelName]!, info, attrs);
      const { filterSize, strides } = attrs;
      const pad = typeof attrs.pad === 'string' ? attrs.pad : outerPadding(info);
      const windows = { filterSize, strides, pad, dimRoundingMode: attrs.dimRoundingMode };
      return (original as KernelFunc)({ ...args, attrs: windows as unknown as NamedAttrMap });
    },
  };
}

/** @throws Error if a window contains only padding: it has no mean and no maximum. */
function requirePixels(op: string, info: ReturnType<typeof poolInfo>, attrs: PoolAttrs): void {
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

function convolution(kernelName: string): BackendKernel {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const attrs = args.attrs as unknown as { pad: PoolAttrs['pad']; dataFormat?: string };
      if (typeof attrs.pad !== 'number') return (original as KernelFunc)(args);
      const [batch, rows, columns, channels] = borderByBorder(attrs.pad) as number[][];
      const isFirst = attrs.dataFormat === 'NCHW';
      const pad = isFirst ? [batch, channels, rows, columns] : [batch, rows, columns, channels];
      return (original as KernelFunc)({
        ...args,
        attrs: { ...attrs, pad } as unknown as NamedAttrMap,
      });
    },
  };
}
