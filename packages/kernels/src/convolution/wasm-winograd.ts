import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelModule } from '../wasm/kernel-module.js';
import type { Conv2DInfo } from './sizes.js';

/** With fewer tiles of 2×2 pixels, transforming the filter costs more than it saves. */
const FEWEST_TILES = 16;

/**
 * With fewer input channels, the transformations cost more than they save. Measured:
 * [64, 32, 32, 16] → 16 channels took 8.5 ms (direct: 7.3 ms); [64, 16, 16, 32] → 32 channels took
 * 4.2 ms (direct: 7.0 ms).
 */
const FEWEST_CHANNELS = 24;

/** The sizes of a 3×3 convolution at stride 1, forward or backward. */
export interface WinogradSizes {
  batch: number;
  inHeight: number;
  inWidth: number;
  inChannels: number;
  outHeight: number;
  outWidth: number;
  outChannels: number;
  top: number;
  left: number;
}

/**
 * Sizes of the forward convolution, or `null` if Winograd's algorithm does not apply or does not
 * pay.
 */
export function winogradForward(info: Conv2DInfo): WinogradSizes | null {
  const { top, left } = info.padInfo;
  return isPlain(info) ? worthwhile({ ...info, batch: info.batchSize, top, left }) : null;
}

/** The same for the input gradient: the convolution of dy with the rotated filter. */
export function winogradBackward(info: Conv2DInfo): WinogradSizes | null {
  const { top, left } = info.padInfo;
  if (!isPlain(info) || top > 2 || left > 2) return null;
  return worthwhile({
    batch: info.batchSize,
    inHeight: info.outHeight,
    inWidth: info.outWidth,
    inChannels: info.outChannels,
    outHeight: info.inHeight,
    outWidth: info.inWidth,
    outChannels: info.inChannels,
    top: 2 - top,
    left: 2 - left,
  });
}

function isPlain(info: Conv2DInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { dilationHeight, dilationWidth, dataFormat } = info;
  return (
    [filterHeight, filterWidth].every((size) => size === 3) &&
    [strideHeight, strideWidth, dilationHeight, dilationWidth].every((step) => step === 1) &&
    dataFormat === 'channelsLast'
  );
}

function worthwhile(sizes: WinogradSizes): WinogradSizes | null {
  const { batch, inChannels, outChannels, outHeight, outWidth } = sizes;
  const tiles = batch * Math.ceil(outHeight / 2) * Math.ceil(outWidth / 2);
  const suits = inChannels % 4 === 0 && inChannels >= FEWEST_CHANNELS && outChannels % 8 === 0;
  return suits && tiles >= FEWEST_TILES ? sizes : null;
}

/** Computes the filter gradient `df` of the forward convolution from x and dy. */
export function runWinogradFilterGradient(
  { kernels, address, scratch }: KernelModule,
  tensors: [TensorInfo, TensorInfo, TensorInfo],
  sizes: WinogradSizes,
): void {
  const [x, dy, df] = tensors.map(address) as [number, number, number];
  const space = scratch(kernels.winogradFilterScratch(sizes));
  kernels.winogradFilterGradient({ x, dy, df, scratch: space, ...sizes });
}

/** Convolves. With `isRotated` it takes the forward filter, and y is the input gradient. */
export function runWinograd(
  { kernels, address, scratch }: KernelModule,
  [x, filter, y]: [TensorInfo, TensorInfo, TensorInfo],
  sizes: WinogradSizes,
  isRotated: boolean,
): void {
  kernels.winograd({
    x: address(x),
    f: address(filter),
    y: address(y),
    scratch: scratch(kernels.winogradScratch(sizes)),
    ...sizes,
    isRotated: isRotated ? 1 : 0,
  });
}
