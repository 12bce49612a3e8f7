import { backend_util } from '@tensorflow/tfjs-core';
import { type ExplicitPadding, exactPadding } from '../convolution/sizes.js';
import type { RegionTable } from '../region-max/contract.js';

/** Padding in the forms that tfjs's pooling ops accept. */
export type Padding = 'same' | 'valid' | number | ExplicitPadding;

/** The attributes that tfjs passes to the kernels of 2-D poolings. */
export interface PoolAttrs {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: Padding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export type PoolInfo = ReturnType<typeof backend_util.computePool2DInfo>;

/** Converts one number to explicit padding of every border. Channels are last. */
export function borderByBorder(pad: Padding): Padding {
  if (typeof pad !== 'number') return pad;
  return [
    [0, 0],
    [pad, pad],
    [pad, pad],
    [0, 0],
  ];
}

/**
 * Computes the sizes of a pooling. For padding in one number, tfjs itself computes both output
 * sizes from the filter's height.
 */
export function poolInfo(shape: number[], attrs: PoolAttrs): PoolInfo {
  return backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    borderByBorder(attrs.pad),
    attrs.dimRoundingMode,
  );
}

/**
 * The same windows, without pixels beyond the image where one window covers an axis. Its filter may
 * be much larger than the image.
 */
export function fittedWindows(info: PoolInfo, attrs: PoolAttrs): PoolAttrs {
  const { filterHeight, filterWidth, inHeight, inWidth } = info;
  if (filterHeight <= inHeight && filterWidth <= inWidth) return attrs;
  const [, high, wide] = exactPadding(info);
  const rows = fitted(filterHeight, info.strideHeight, inHeight, info.outHeight, high);
  const columns = fitted(filterWidth, info.strideWidth, inWidth, info.outWidth, wide);
  return {
    filterSize: [rows.filter, columns.filter],
    strides: [rows.stride, columns.stride],
    pad: [[0, 0], rows.pad, columns.pad, [0, 0]],
  };
}

function fitted(
  filter: number,
  stride: number,
  size: number,
  count: number,
  [before, after]: [number, number],
): { filter: number; stride: number; pad: [number, number] } {
  if (count > 1 || before < 0) return { filter, stride, pad: [before, after] };
  const end = Math.min(size, filter - before);
  return { filter: end, stride: Math.min(stride, size), pad: [0, end - size] };
}

/** The sizes of a pooling for the kernels that visit its windows in one image. */
export function windowSizes(info: PoolInfo) {
  const { inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
  const { filterHeight: height, filterWidth: width, strideHeight, strideWidth } = info;
  const { top, left } = info.padInfo;
  const image = { inHeight, inWidth, outHeight, outWidth, channels };
  return { ...image, height, width, strideHeight, strideWidth, top, left };
}

/** The windows of a pooling, clipped to the image. */
export function windowRegions(info: PoolInfo): RegionTable {
  const { top, left } = info.padInfo;
  const rows = windows(info.outHeight, info.strideHeight, info.filterHeight, top);
  const columns = windows(info.outWidth, info.strideWidth, info.filterWidth, left);
  return { rows: within(rows, info.inHeight), columns: within(columns, info.inWidth) };
}

/** Returns the pairs [start, end) of the windows along an axis. They may reach into the padding. */
function windows(count: number, stride: number, filter: number, before: number): Int32Array {
  return Int32Array.from({ length: 2 * count }, (_, i) => {
    const start = Math.floor(i / 2) * stride - before;
    return i % 2 === 0 ? start : start + filter;
  });
}

/** Clips the windows to the image. */
function within(windows: Int32Array, size: number): Int32Array {
  return windows.map((index) => Math.min(Math.max(index, 0), size));
}
