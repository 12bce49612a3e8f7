import {
  type AxisTaps,
  type ComplexMatrix,
  type PoolingMatrices,
  spectrumMultiplyAdds,
} from '@ds/kernels';
import { dispose } from '@tensorflow/tfjs-core';
import type { DataFormat } from './data-format.js';

/** An image's sides and channels, such as height, width and channels. */
export function imageSize<Size extends number[] = [number, number, number]>(
  shape: number[],
  dataFormat: DataFormat = 'channelsLast',
): Size {
  const last = dataFormat === 'channelsLast' ? shape : [...shape.slice(1), shape[0]!];
  return last as Size;
}

/** The spatial sides and the channels of an image of any rank. */
export function imageAxes(
  shape: readonly number[],
  dataFormat: DataFormat = 'channelsLast',
): { sides: number[]; channels: number } {
  return dataFormat === 'channelsLast'
    ? { sides: shape.slice(0, -1), channels: shape.at(-1)! }
    : { sides: shape.slice(1), channels: shape[0]! };
}

/** Multiply-adds of `resample` from size [H, W, C] to [h, w], in the cheaper order. */
export function resampleMultiplyAdds(
  [height, width, channels]: [number, number, number],
  [h, w]: [number, number],
): number {
  return channels * Math.min(h * width * (height + w), w * height * (width + h));
}

/** Multiply-adds of {@link PoolingMatrices} on an image of size [H, W, C]. */
export function matricesMultiplyAdds(
  { rows, columns, skew }: PoolingMatrices,
  image: [number, number, number],
): number {
  const [h, w] = [rows.shape[0], columns.shape[0]];
  const main = resampleMultiplyAdds(image, [h, w]);
  if (!skew) return main;
  const thin = skew.analysis.shape[0];
  return main + resampleMultiplyAdds(image, [thin, w]) + h * thin * w * image[2];
}

/** Multiply-adds of a pooling with a complex matrix for each axis, for one image. */
export function axisMatricesMultiplyAdds(
  matricesOf: (sides: number[]) => ComplexMatrix[],
  inputShape: readonly number[],
  dataFormat: DataFormat | undefined,
): number {
  const { sides, channels } = imageAxes(inputShape, dataFormat);
  const matrices = matricesOf(sides);
  const count = channels * spectrumMultiplyAdds(matrices);
  dispose(matrices);
  return count;
}

/** Multiply-adds of `poolAxesByTaps` for an image of these sides and channels, axis by axis. */
export function tapsMultiplyAdds(axes: readonly AxisTaps[][], image: readonly number[]): number {
  const size = [...image];
  return axes.reduce((total, taps, axis) => {
    const lines = size.reduce((product, side, at) => (at === axis ? product : product * side), 1);
    size[axis] = taps.length;
    return total + summed(taps) * lines;
  }, 0);
}

/** The number of taps along an axis. Outputs that copy an input count 0. */
export function summed(taps: AxisTaps[]): number {
  return taps.reduce((sum, list) => sum + (isCopy(list) ? 0 : list.length), 0);
}

function isCopy(list: AxisTaps): boolean {
  return list.length === 1 && list[0]!.weight === 1;
}
