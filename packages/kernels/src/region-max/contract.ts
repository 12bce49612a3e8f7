import type { Tensor4D } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/** The regions along each axis: pairs of the first index and the index after the last. */
export interface RegionTable {
  rows: Int32Array;
  columns: Int32Array;
}

/** Maximum over rectangles of an NHWC image: `[N, H, W, C]` → `[N, rows, columns, C]`. */
export const regionMaxKernel = /* @__PURE__ */ new Kernel<{ x: Tensor4D }, RegionTable, Tensor4D>(
  'RegionMax',
);

/** Gradient in x. It goes to the first maximum of each region, in row-major order. */
export const regionMaxGradientKernel = /* @__PURE__ */ new Kernel<
  { dy: Tensor4D; x: Tensor4D },
  RegionTable,
  Tensor4D
>('RegionMaxGrad');
