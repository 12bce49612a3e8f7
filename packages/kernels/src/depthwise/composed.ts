import {
  add,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  mul,
  pad,
  reshape,
  slice,
  stack,
  stridedSlice,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { type Conv2DInfo, reachAcross, reachDown } from '../convolution/sizes.js';

export type DepthwiseInputGradient = BackendKernel<
  Record<'dy' | 'filter', Tensor4D>,
  DepthwiseConv2dNativeBackpropInputAttrs
>;

export type DepthwiseFilterGradient = BackendKernel<
  Record<'x' | 'dy', Tensor4D>,
  DepthwiseConv2dNativeBackpropFilterAttrs
>;

/**
 * Computes the input gradient of a depthwise convolution, tap by tap. Each tap adds its part to the
 * pixels that it read.
 */
export function composedInputGradient(dy: Tensor4D, filter: Tensor4D, info: Conv2DInfo): Tensor {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const spreadHeight = outHeight * strideHeight;
  const spreadWidth = outWidth * strideWidth;
  const height = Math.max(reachDown(info) + spreadHeight, padInfo.top + inHeight);
  const width = Math.max(reachAcross(info) + spreadWidth, padInfo.left + inWidth);
  return tidy(() => {
    const parts = taps(info).map(({ at, down, across }) => {
      const part = mul(dy, reshape(slice(filter, [...at, 0, 0], [1, 1, -1, -1]), [outChannels]));
      const rows = reshape(part, [batchSize * outHeight, 1, outWidth * outChannels]);
      const spread = pad(rows, [
        [0, 0],
        [0, strideHeight - 1],
        [0, 0],
      ] as never);
      const pixels = reshape(spread, [batchSize * spreadHeight * outWidth, 1, outChannels]);
      const spreadBoth = pad(pixels, [
        [0, 0],
        [0, strideWidth - 1],
        [0, 0],
      ] as never);
      return pad(reshape(spreadBoth, [batchSize, spreadHeight, spreadWidth, outChannels]), [
        [0, 0],
        [down, height - spreadHeight - down],
        [across, width - spreadWidth - across],
        [0, 0],
      ]);
    });
    const padded = parts.reduce((total, part) => add(total, part));
    const size = [batchSize, inHeight, inWidth, outChannels];
    const wide = slice(padded, [0, padInfo.top, padInfo.left, 0], size);
    return sum(reshape(wide, [...size.slice(0, 3), inChannels, outChannels / inChannels]), 4);
  });
}

/**
 * Computes the filter gradient of a depthwise convolution, tap by tap. The gradient of a tap is the
 * sum of the pixels that it read, each multiplied by the upstream gradient of its output.
 */
export function composedFilterGradient(x: Tensor4D, dy: Tensor4D, info: Conv2DInfo): Tensor {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const lastRow = (outHeight - 1) * strideHeight + 1;
  const lastColumn = (outWidth - 1) * strideWidth + 1;
  return tidy(() => {
    const times = outChannels / inChannels;
    const repeated = tile(reshape(x, [x.size, 1]), [1, times]);
    const wide = reshape(repeated, [batchSize, inHeight, inWidth, outChannels]);
    const padded = pad(wide, [
      [0, 0],
      [padInfo.top, Math.max(0, reachDown(info) + lastRow - inHeight - padInfo.top)],
      [padInfo.left, Math.max(0, reachAcross(info) + lastColumn - inWidth - padInfo.left)],
      [0, 0],
    ]);
    const parts = taps(info).map(({ down, across }) => {
      const met = stridedSlice(
        padded,
        [0, down, across, 0],
        [batchSize, down + lastRow, across + lastColumn, outChannels],
        [1, strideHeight, strideWidth, 1],
      );
      return sum(mul(met, dy), [0, 1, 2]);
    });
    return reshape(stack(parts), info.filterShape);
  });
}

/** The taps of a filter, with their distances from the first tap. */
function taps(info: Conv2DInfo): { at: [number, number]; down: number; across: number }[] {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = info;
  return Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const at: [number, number] = [Math.floor(tap / filterWidth), tap % filterWidth];
    return { at, down: at[0] * dilationHeight, across: at[1] * dilationWidth };
  });
}
