import { type Check, refuse } from '@ds/checks';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { stridesPerAxis } from './stride-values.js';

/** Checks that strides are integers ≥ 1, and returns one for each axis. */
export function integerStrides<R extends SpatialRank = 2>(
  op: string,
  strides: number | readonly number[],
  rank: R = 2 as R,
): PerAxis<R> {
  const list = stridesPerAxis(op, strides, rank);
  if (!list.every((stride) => Number.isSafeInteger(stride) && stride >= 1)) {
    refuse(op, 'strides', 'be integers >= 1', list);
  }
  return list;
}

/** {@link integerStrides} as the check of an option. */
export function checkIntegerStrides(rank: SpatialRank): Check {
  return (op, _name, strides) => {
    integerStrides(op, strides as number[], rank);
  };
}
