import type { Tensor4D } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/** First and one past the last index of each region along each axis, in pairs. */
export interface RegionTable {
  rows: Int32Array;
  columns: Int32Array;
}

/** The maximum over rectangles of an NHWC image: `[N, H, W, C]` → `[N, rows, columns, C]`. */
export const regionMaxKernel = new Kernel<{ x: Tensor4D }, RegionTable, Tensor4D>('RegionMax');

/** Its gradient in x. It goes to the first maximum of each region, in row-major order. */
export const regionMaxGradientKernel = new Kernel<
  { dy: Tensor4D; x: Tensor4D },
  RegionTable,
  Tensor4D
>('RegionMaxGrad');
