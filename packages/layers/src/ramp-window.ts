import {
  add,
  concat,
  gather,
  less,
  minimum,
  range,
  type Scalar,
  scalar,
  sub,
  sum,
  type Tensor1D,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { untaped } from './untaped.js';

/** A ramp whose place only the device knows, because the host has not read the strides. */
export interface RampWindow {
  /** z, the distance at which the ramp starts. */
  start: Scalar;
  /** R, its length. */
  length: number;
  /** The mask at distances. */
  maskAt: (distances: Tensor1D) => Tensor1D;
}

/** The lowest and the highest distance of a wave: its own, and that of its mirror image. */
export type Reach = readonly [lowest: number, highest: number];

/** Margin for rounding at both ends of the ramp, in bins. */
const MARGIN = 1e-3;

/** The largest number of neighbours in a list that a ramp can contain at once, at any place. */
export function mostOnRamp(reaches: readonly Reach[], length: number): number {
  const counts = reaches.map(([, highest], first) => {
    const end = highest + length + 2 * MARGIN;
    return reaches.slice(first).filter(([lowest]) => lowest <= end).length;
  });
  return Math.max(0, ...counts);
}

/** Whether the distances of a list rise, so that those on a ramp are neighbours. */
function areRising(reaches: readonly Reach[]): boolean {
  return reaches.every(([lowest, highest], at) => {
    const before = reaches[at - 1];
    return !before || (before[0] <= lowest && before[1] <= highest);
  });
}

/**
 * Finds the waves on a ramp on the device, in lists of rising distances. Each list gives as many as
 * a ramp can contain. Some of them may be beside the ramp, where a mask has no gradient. Returns
 * their places in the concatenated lists, or `null` if a list does not rise.
 */
export function placesOnRamp(
  lists: readonly (readonly Reach[])[],
  { start, length }: Pick<RampWindow, 'start' | 'length'>,
): Tensor1D | null {
  if (!lists.every(areRising)) return null;
  return untaped(() => {
    let before = 0;
    const parts = lists.map((reaches) => {
      const count = mostOnRamp(reaches, length);
      const highest = tensor1d(reaches.map(([, distance]) => distance));
      const below = sum(less(highest, sub(start, scalar(MARGIN))));
      const first = minimum(below, scalar(reaches.length - count, 'int32'));
      const places = add(add(range(0, count, 1, 'int32'), first), scalar(before, 'int32'));
      before += reaches.length;
      return places as Tensor1D;
    });
    return concat(parts) as Tensor1D;
  });
}

/** The values at some places of a list on the host. */
export function valuesAt(values: readonly number[], places: Tensor1D): Tensor1D {
  return gather(tensor1d([...values]), places);
}
