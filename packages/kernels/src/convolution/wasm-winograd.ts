import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelModule } from '../wasm/kernel-module.js';
import type { Conv2DInfo } from './sizes.js';

/**
 * Winograd's algorithm by the side of its tiles of outputs: F(2×2, 3×3) or F(4×4, 3×3). The larger
 * tiles need fewer multiplications, and round less exactly.
 */
type Tile = 2 | 4;

/** With fewer tiles, transforming the filter costs more than it saves. */
const FEWEST_TILES = { 2: 16, 4: 8 };

/**
 * With fewer input channels, the transformations of 2×2 cost more than they save, and results in
 * 4×4 may have more than three times the rounding error of a direct convolution.
 */
const FEWEST_CHANNELS = { 2: 16, 4: 12 };

/** The same for a filter gradient in 4×4, whose sums run over the tiles. */
const FEWEST_CHANNELS_OF_FILTER = 8;

/**
 * The smallest side of a map for tiles of 4×4. On smaller maps a direct convolution sums so few
 * pixels that the tiles have more than three times its rounding error.
 */
const SMALLEST_SIDE = 6;

/**
 * The fewest tiles of 4×4 for a filter gradient. With fewer, the sums of a direct gradient are so
 * short that the tiles have more than three times their rounding error.
 */
const FEWEST_SUMMED_TILES = 16;

/** Products for each tile and pair of channels: 16 instead of 36, and 36 instead of 144. */
const PRODUCTS = { 2: 16, 4: 36 };

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

/** A convolution for Winograd's algorithm. */
interface WinogradConvolution {
  tile: Tile;
  sizes: WinogradSizes;
}

/**
 * Sizes of the forward convolution, or `null` if Winograd's algorithm does not apply or is not
 * faster.
 */
export function winogradForward(info: Conv2DInfo): WinogradConvolution | null {
  const { top, left } = info.padInfo;
  return isPlain(info) ? worthwhile({ ...info, batch: info.batchSize, top, left }) : null;
}

/** The same for the filter gradient, whose sums run over the tiles. */
export function winogradFilter(info: Conv2DInfo): WinogradConvolution | null {
  const { top, left } = info.padInfo;
  if (!isPlain(info)) return null;
  const sizes = { ...info, batch: info.batchSize, top, left };
  return worthwhile(sizes, FEWEST_SUMMED_TILES, FEWEST_CHANNELS_OF_FILTER);
}

/** The same for the input gradient: the convolution of dy with the rotated filter. */
export function winogradBackward(info: Conv2DInfo): WinogradConvolution | null {
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

/** Chooses the tile that needs the fewest products, of those that are allowed. */
function worthwhile(
  sizes: WinogradSizes,
  fewestLargeTiles = FEWEST_TILES[4],
  fewestChannels = FEWEST_CHANNELS[4],
): WinogradConvolution | null {
  const { batch, inChannels, outChannels, outHeight, outWidth } = sizes;
  if (inChannels % 4 !== 0 || outChannels % 8 !== 0) return null;
  const tilesOf = (tile: Tile) => batch * Math.ceil(outHeight / tile) * Math.ceil(outWidth / tile);
  const isAllowed = (tile: Tile, channels: number, tiles: number) =>
    inChannels >= channels && tilesOf(tile) >= tiles;
  const productsOf = (tile: Tile) => tilesOf(tile) * PRODUCTS[tile];
  const isLarge =
    isAllowed(4, fewestChannels, fewestLargeTiles) &&
    Math.min(outHeight, outWidth) >= SMALLEST_SIDE &&
    productsOf(4) < productsOf(2);
  if (isLarge) return { tile: 4, sizes };
  return isAllowed(2, FEWEST_CHANNELS[2], FEWEST_TILES[2]) ? { tile: 2, sizes } : null;
}

/** Computes the filter gradient `df` of the forward convolution from x and dy. */
export function runWinogradFilterGradient(
  { kernels, address, scratch }: KernelModule,
  tensors: [TensorInfo, TensorInfo, TensorInfo],
  { tile, sizes }: WinogradConvolution,
): void {
  const [x, dy, df] = tensors.map(address) as [number, number, number];
  if (tile === 4) {
    const space = scratch(kernels.winogradLargeFilterScratch(sizes));
    kernels.winogradLargeFilterGradient({ x, dy, df, scratch: space, ...sizes });
  } else {
    const space = scratch(kernels.winogradFilterScratch(sizes));
    kernels.winogradFilterGradient({ x, dy, df, scratch: space, ...sizes });
  }
}

/** Convolves. With `isRotated` it takes the forward filter, and y is the input gradient. */
export function runWinograd(
  { kernels, address, scratch }: KernelModule,
  tensors: [TensorInfo, TensorInfo, TensorInfo],
  { tile, sizes }: WinogradConvolution,
  isRotated: boolean,
): void {
  const [x, f, y] = tensors.map(address) as [number, number, number];
  if (tile === 4) {
    const space = scratch(kernels.winogradLargeScratch(sizes));
    kernels.winogradLarge({ x, f, y, scratch: space, ...sizes, isRotated });
  } else {
    const space = scratch(kernels.winogradScratch(sizes));
    kernels.winograd({ x, f, y, scratch: space, ...sizes, isRotated });
  }
}
