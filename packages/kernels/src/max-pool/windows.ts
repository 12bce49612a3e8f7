import { backend_util } from '@tensorflow/tfjs-core';
import type { ExplicitPadding } from '../convolution/sizes.js';

/** Padding as tfjs's pooling ops take it. */
export type Padding = 'same' | 'valid' | number | ExplicitPadding;

/** What tfjs passes to the kernels of 2-D poolings. */
export interface PoolAttrs {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: Padding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export type PoolInfo = ReturnType<typeof backend_util.computePool2DInfo>;

/** Writes one number out as the padding of every border. Channels are last. */
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
 * The sizes of a pooling. If the padding is one number, tfjs itself takes both output sizes from
 * the filter's height.
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
