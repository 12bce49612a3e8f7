import { oneOf, requireTensor } from '@ds/checks';
import { type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';

/** The position of the channels: NHWC (`'channelsLast'`) or NCHW (`'channelsFirst'`). */
export type DataFormat = 'channelsLast' | 'channelsFirst';

/** Runs an NHWC op on an image in either format. */
export function inChannelsLast(
  x: Tensor4D,
  dataFormat: DataFormat,
  op: (nhwc: Tensor4D) => Tensor4D,
): Tensor4D {
  if (dataFormat === 'channelsLast') return op(x);
  return tidy(() => transpose(op(transpose(x, [0, 2, 3, 1])), [0, 3, 1, 2]));
}

export const checkDataFormat = oneOf('channelsLast', 'channelsFirst');

/** Positions of [height, width] in a 4-D shape. */
export function spatialAxes(dataFormat: DataFormat): [number, number] {
  return dataFormat === 'channelsLast' ? [1, 2] : [2, 3];
}

export function requireImage(op: string, x: Tensor4D): void {
  requireTensor(op, 'x', x, { rank: 4, axes: '[batch, height, width, channels]' });
}
