import type { backend_util } from '@tensorflow/tfjs-core';

export type Conv2DInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** The sizes of a convolution in the order in which the kernels of `assembly/convolution.ts` take them. */
export function convolutionSizes(info: Conv2DInfo): number[] {
  return [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.outChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
}

/** Floats of scratch space of `assembly/convolution-forward.ts`: packed filter, padded rows, one row of output. */
export function convolutionScratch(info: Conv2DInfo): number {
  const filter = info.filterHeight * info.filterWidth * info.inChannels;
  const paddedWidth = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
  const rows = info.filterHeight * paddedWidth * info.inChannels;
  return filter * 8 * Math.ceil(info.outChannels / 8) + rows + 8 * info.outWidth;
}
