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
  return tidy(() => fromChannelsLast(op(toChannelsLast(x, dataFormat)), dataFormat));
}

/** An image of a format with its channels last. */
export function toChannelsLast<X extends Tensor>(x: X, dataFormat: DataFormat): X {
  if (dataFormat === 'channelsLast') return x;
  const spatial = Array.from({ length: x.rank - 2 }, (_, axis) => axis + 2);
  return transpose(x, [0, ...spatial, 1]);
}

/** An image with its channels last in a format. */
export function fromChannelsLast<X extends Tensor>(x: X, dataFormat: DataFormat): X {
  if (dataFormat === 'channelsLast') return x;
  const spatial = Array.from({ length: x.rank - 2 }, (_, axis) => axis + 1);
  return transpose(x, [0, x.rank - 1, ...spatial]);
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
