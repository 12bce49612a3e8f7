import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type DepthwiseConv2dNativeAttrs,
} from '@tensorflow/tfjs-core';
import type { KernelModule } from '../wasm/kernel-module.js';

export type Conv2DInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** The sizes of a convolution, with the argument names of the SIMD kernels. */
export function convolutionSizes(info: Conv2DInfo) {
  const { top, left } = info.padInfo;
  return { ...info, batch: info.batchSize, top, left };
}

/**
 * Writes the sizes of a convolution to the start of the scratch space of a direct kernel. Returns
 * the address of that space.
 */
export function withSizes({ kernels }: KernelModule, scratch: number, info: Conv2DInfo): number {
  kernels.writeConvolutionShape({ scratch, ...convolutionSizes(info) });
  return scratch;
}

/** Attributes that the gradient kernels accept in addition to tfjs's own. */
export interface Dilated {
  dilations?: number | [number, number];
}

/** The sizes of the convolution that a gradient kernel belongs to. Channels are last. */
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
 * Replaces the output size by that of dy. Not all gradients of tfjs know how the forward
 * convolution rounded its size.
 */
export function asMade(info: Conv2DInfo, dyShape: number[]): Conv2DInfo {
  const [, outHeight, outWidth] = dyShape as Shape4D;
  return { ...info, outHeight, outWidth, outShape: dyShape as Shape4D };
}

type Shape4D = [number, number, number, number];

/** Rows from the first to the last tap. */
export function reachDown({ filterHeight, dilationHeight }: Conv2DInfo): number {
  return (filterHeight - 1) * dilationHeight;
}

/** Columns from the first to the last tap. */
export function reachAcross({ filterWidth, dilationWidth }: Conv2DInfo): number {
  return (filterWidth - 1) * dilationWidth;
}

/** Padding before and after each axis of an NHWC image. */
export type ExplicitPadding = [
  [number, number],
  [number, number],
  [number, number],
  [number, number],
];

/**
 * Returns the padding with which the last windows end at the border, so that sizes need no
 * rounding. It is negative where no window covers the last pixels.
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
 * The same padding, with negative values replaced by 0. tfjs's kernels round sizes down, so the
 * windows are the same. On wasm tfjs's kernels compute wrong values for negative padding.
 */
export function outerPadding(info: Conv2DInfo): ExplicitPadding {
  const outer = ([before, behind]: [number, number]): [number, number] => [
    Math.max(0, before),
    Math.max(0, behind),
  ];
  return exactPadding(info).map(outer) as ExplicitPadding;
}

/** @throws Error if a convolution is dilated. Only the SIMD kernels have gradients of those. */
export function requireUndilated(kernel: string, info: Conv2DInfo): void {
  const { dilationHeight, dilationWidth } = info;
  if (dilationHeight === 1 && dilationWidth === 1) return;
  throw new Error(
    `${kernel}: dilations must be 1 if the SIMD kernels are not linked, ` +
      `got [${dilationHeight}, ${dilationWidth}]. ` +
      "The reason that useBackend('wasm') returns says why they are not linked",
  );
}
