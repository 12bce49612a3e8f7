import { type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';

/** Where the channels are: NHWC (`'channelsLast'`) or NCHW (`'channelsFirst'`), as in tfjs-layers. */
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

export function requireDataFormat(op: string, dataFormat: string): void {
  if (dataFormat !== 'channelsLast' && dataFormat !== 'channelsFirst') {
    throw new Error(
      `${op}: dataFormat must be 'channelsLast' or 'channelsFirst', got ${JSON.stringify(dataFormat)}`,
    );
  }
}

/** Positions of [height, width] in a 4-D shape. */
export function spatialAxes(dataFormat: DataFormat): [number, number] {
  return dataFormat === 'channelsLast' ? [1, 2] : [2, 3];
}

export function requireImage(op: string, x: Tensor4D): void {
  if (x.rank !== 4) {
    throw new Error(
      `${op}: x must have rank 4 ([batch, height, width, channels]), got shape [${x.shape}]`,
    );
  }
  if (x.dtype !== 'float32') throw new Error(`${op}: x must be float32, got ${x.dtype}`);
  if (x.size === 0) throw new Error(`${op}: x must have no empty axis, got shape [${x.shape}]`);
}
