import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type DepthwiseConv2dNativeAttrs,
} from '@tensorflow/tfjs-core';
import type { KernelModule } from '../wasm/kernel-module.js';

export type Conv2DInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** The sizes of a convolution, by the names that the SIMD kernels give them. */
export function convolutionSizes(info: Conv2DInfo) {
  const { top, left } = info.padInfo;
  return { ...info, batch: info.batchSize, top, left };
}

/** The number of floats that the forward convolution needs as scratch space. */
export function convolutionScratch({ kernels }: KernelModule, info: Conv2DInfo): number {
  return kernels.convolutionForwardScratch(info);
}

/** What the gradient kernels take beyond tfjs's own attributes. */
export interface Dilated {
  dilations?: number | [number, number];
}

/** The sizes of the convolution to which a gradient kernel belongs. Channels are last. */
export function gradientInfo(
  inputShape: number[],
  filterShape: number[],
  dyShape: number[],
  attrs: (Conv2DBackpropFilterAttrs | Conv2DBackpropInputAttrs) & Dilated,
): Conv2DInfo {
  const { strides, pad, dimRoundingMode, dilations } = attrs;
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
  );
  return asMade(info, dyShape);
}

/** The sizes of a depthwise convolution. Channels are last. */
export function depthwiseInfo(
  inputShape: number[],
  filterShape: number[],
  attrs: Omit<DepthwiseConv2dNativeAttrs, 'dataFormat'>,
): Conv2DInfo {
  const { strides, pad, dimRoundingMode, dilations } = attrs;
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
}

/**
 * Puts in the size that the forward convolution gave. tfjs does not tell all of its gradients how
 * sizes were rounded.
 */
export function asMade(info: Conv2DInfo, dyShape: number[]): Conv2DInfo {
  const [, outHeight, outWidth] = dyShape as Shape4D;
  return { ...info, outHeight, outWidth, outShape: dyShape as Shape4D };
}

type Shape4D = [number, number, number, number];

/** Rows between the first and the last tap. */
export function reachDown({ filterHeight, dilationHeight }: Conv2DInfo): number {
  return (filterHeight - 1) * dilationHeight;
}

/** Columns between the first and the last tap. */
export function reachAcross({ filterWidth, dilationWidth }: Conv2DInfo): number {
  return (filterWidth - 1) * dilationWidth;
}

/** Padding in front of and behind each axis of an NHWC image. */
export type ExplicitPadding = [
  [number, number],
  [number, number],
  [number, number],
  [number, number],
];

/**
 * The padding with which the last windows end at the border, so that no rounding is left to do. It
 * is negative where no window holds the last pixels.
 */
export function exactPadding(info: Conv2DInfo): ExplicitPadding {
  const { top, left } = info.padInfo;
  const down = (info.outHeight - 1) * info.strideHeight + reachDown(info) + 1;
  const across = (info.outWidth - 1) * info.strideWidth + reachAcross(info) + 1;
  return [
    [0, 0],
    [top, down - top - info.inHeight],
    [left, across - left - info.inWidth],
    [0, 0],
  ];
}

/**
 * The same padding without negative margins. tfjs's kernels round the sizes down, which leaves the
 * same windows; on wasm they compute wrong values with a negative margin.
 */
export function outerPadding(info: Conv2DInfo): ExplicitPadding {
  const outer = ([before, behind]: [number, number]): [number, number] => [
    Math.max(0, before),
    Math.max(0, behind),
  ];
  return exactPadding(info).map(outer) as ExplicitPadding;
}

/** Only the SIMD kernels have gradients of dilated convolutions. */
export function requireUndilated(kernel: string, info: Conv2DInfo): void {
  const { dilationHeight, dilationWidth } = info;
  if (dilationHeight === 1 && dilationWidth === 1) return;
  throw new Error(
    `${kernel}: dilations must be 1 where the SIMD kernels are not linked, got [${dilationHeight}, ${dilationWidth}]`,
  );
}
