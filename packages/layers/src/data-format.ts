import { oneOf, requireTensor } from '@ds/checks';
import { type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { PerAxis, SpatialRank } from './spatial-rank.js';

/** The position of the channels: NHWC (`'channelsLast'`) or NCHW (`'channelsFirst'`). */
export type DataFormat = 'channelsLast' | 'channelsFirst';

/** Runs an op for channels last on an image in either format. */
export function inChannelsLast<X extends Tensor>(
  x: X,
  dataFormat: DataFormat,
  op: (channelsLast: X) => X,
): X {
  if (dataFormat === 'channelsLast') return op(x);
  const axes = Array.from({ length: x.rank - 2 }, (_, axis) => axis);
  const toLast = [0, ...axes.map((axis) => axis + 2), 1];
  const toFirst = [0, x.rank - 1, ...axes.map((axis) => axis + 1)];
  return tidy(() => transpose(op(transpose(x, toLast)), toFirst));
}

export const checkDataFormat = oneOf('channelsLast', 'channelsFirst');

/** Positions of the spatial axes, such as [height, width], in a shape. */
export function spatialAxes<R extends SpatialRank = 2>(
  dataFormat: DataFormat,
  rank: R = 2 as R,
): PerAxis<R> {
  const first = dataFormat === 'channelsLast' ? 1 : 2;
  return Array.from({ length: rank }, (_, axis) => first + axis) as PerAxis<R>;
}

/** The axes of an image of each rank. */
const AXES: Record<SpatialRank, string> = {
  1: '[batch, width, channels]',
  2: '[batch, height, width, channels]',
  3: '[batch, depth, height, width, channels]',
};

export function requireImage(op: string, x: Tensor, rank: SpatialRank = 2): void {
  requireTensor(op, 'x', x, { rank: rank + 2, axes: AXES[rank] });
}
