import { oneOf, requireTensor } from '@ds/checks';
import { type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { PerAxis, SpatialRank } from './spatial-rank.js';

/** The position of the channels: NHWC (`'channelsLast'`) or NCHW (`'channelsFirst'`). */
export type DataFormat = 'channelsLast' | 'channelsFirst';

/** Runs a channels-last op on an image of any rank in either format. */
export function inChannelsLast<X extends Tensor>(
  x: X,
  dataFormat: DataFormat,
  op: (channelsLast: X) => X,
): X {
  if (dataFormat === 'channelsLast') return op(x);
  const spatial = Array.from({ length: x.rank - 2 }, (_, axis) => axis + 1);
  const toLast = [0, ...spatial.map((axis) => axis + 1), 1];
  const toFirst = [0, x.rank - 1, ...spatial];
  return tidy(() => transpose(op(transpose(x, toLast)), toFirst));
}

export const checkDataFormat = oneOf('channelsLast', 'channelsFirst');

/** Positions of the spatial axes in a shape with a batch axis, by default [height, width]. */
export function spatialAxes<R extends SpatialRank = 2>(
  dataFormat: DataFormat,
  rank: R = 2 as R,
): PerAxis<R> {
  const first = dataFormat === 'channelsLast' ? 1 : 2;
  return Array.from({ length: rank }, (_, axis) => first + axis) as PerAxis<R>;
}

const AXES: Record<SpatialRank, string> = {
  1: '[batch, width, channels]',
  2: '[batch, height, width, channels]',
  3: '[batch, depth, height, width, channels]',
};

/** Checks that x is a float32 image with this number of spatial axes. */
export function requireImage(op: string, x: Tensor, rank: SpatialRank = 2): void {
  requireTensor(op, 'x', x, { rank: rank + 2, axes: AXES[rank] });
}
