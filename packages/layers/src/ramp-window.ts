import { areRising, RAMP_MARGIN, type Reach, untaped } from '@ds/kernels';
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

/** A ramp whose place only the device knows, because the host has not read the strides. */
export interface RampWindow {
  /** z, the distance at which the ramp starts. */
  start: Scalar;
  /** R, its length. */
  length: number;
  /** The mask at distances. */
  maskAt: (distances: Tensor1D) => Tensor1D;
}

/**
 * Finds the waves on a ramp on the device, in lists of rising distances. Some of them may be
 * outside of the ramp, where a mask has no gradient. Returns their places in the concatenated
 * lists, or `null` if a list does not rise.
 *
 * @param start where the ramp starts.
 * @param counts how many waves each list gives, by `mostOnRamp`.
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
      const below = sum(less(highest, sub(start, scalar(RAMP_MARGIN))));
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
