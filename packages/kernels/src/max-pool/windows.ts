import { backend_util } from '@tensorflow/tfjs-core';
import type { ExplicitPadding } from '../convolution/sizes.js';

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
