import type * as tfl from '@tensorflow/tfjs-layers';
import type { Downsampler } from './swap-downsamplers.js';

/** [height, width]. */
export type Sides = [number, number];

/** Sizes at which layers with other paddings, windows, strides or scales give other shapes. */
export const PROBES: Sides[] = [
  [64, 61],
  [97, 120],
];

/** The height and width in the shape of a batch of images. */
export function sidesIn(
  shape: (number | null)[],
  dataFormat: Downsampler['dataFormat'],
): [number | null, number | null] {
  const [row, column] = dataFormat === 'channelsFirst' ? [2, 3] : [1, 2];
  return [shape[row]!, shape[column]!];
}

/** A shape with another height and width. */
export function withSides(
  shape: (number | null)[],
  [height, width]: [number | null, number | null],
  dataFormat: Downsampler['dataFormat'],
): (number | null)[] {
  return dataFormat === 'channelsFirst'
    ? [shape[0]!, shape[1]!, height, width]
    : [shape[0]!, height, width, shape[3]!];
}

/** The output shape of a layer, or `null` if it has none for this input. */
export function outputShapeOf(
  layer: tfl.layers.Layer,
  shape: (number | null)[],
): (number | null)[] | null {
  try {
    const output = layer.computeOutputShape(shape) as (number | null)[];
    const isShape = output.every((side) => side === null || side > 0);
    return isShape ? output : null;
  } catch {
    return null;
  }
}
