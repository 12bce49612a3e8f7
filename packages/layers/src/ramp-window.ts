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

/**
 * The largest number of neighbours in a list of rising distances that a ramp can contain at once, at
 * any place.
 */
export function mostOnRamp(reaches: readonly Reach[], length: number): number {
  let most = 0;
  let end = 0;
  reaches.forEach(([, highest], first) => {
    const last = highest + length + 2 * MARGIN;
    while (end < reaches.length && reaches[end]![0] <= last) end++;
    most = Math.max(most, end - first);
  });
  return most;
}

/** Whether the distances of a list rise, so that those on a ramp are neighbours. */
function areRising(reaches: readonly Reach[]): boolean {
  return reaches.every(([lowest, highest], at) => {
    const before = reaches[at - 1];
    return !before || (before[0] <= lowest && before[1] <= highest);
  });
}

/**
 * Finds the waves on a ramp on the device, in lists of rising distances. Some of them may be beside
 * the ramp, where a mask has no gradient. Returns their places in the concatenated lists, or `null`
 * if a list does not rise.
 *
 * @param start where the ramp starts.
 * @param counts how many waves each list gives, by {@link mostOnRamp}.
 */
export function placesOnRamp(
  lists: readonly (readonly Reach[])[],
  start: Scalar,
  counts: readonly number[],
): Tensor1D | null {
  if (!lists.every(areRising)) return null;
  return untaped(() => {
    let before = 0;
    const parts = lists.map((reaches, at) => {
      const count = counts[at]!;
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
