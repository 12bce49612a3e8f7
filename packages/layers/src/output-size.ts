import { type Check, refuse, requireNumbers, requireSize } from '@ds/checks';
import type { PerAxis, SpatialRank } from './spatial-rank.js';

/** Either strides or an output size, one for each axis. */
export type Reduction<R extends SpatialRank = SpatialRank> =
  | { strides: PerAxis<R>; outputSize?: undefined }
  | { strides?: undefined; outputSize: PerAxis<R> };

/**
 * The reduction of a checked `outputSize`, or of strides, by default 2.
 *
 * @param requireStrides checks strides, and returns one for each axis.
 * @throws ConfigError if both are given, or the strides are wrong.
 */
export function reductionOf<R extends SpatialRank>(
  op: string,
  rank: R,
  strides: number | readonly number[] | undefined,
  outputSize: number | readonly number[] | undefined,
  requireStrides: (op: string, strides: number | readonly number[], rank: R) => PerAxis<R>,
): Reduction<R> {
  if (outputSize === undefined) {
    return { strides: requireStrides(op, strides === undefined ? 2 : strides, rank) };
  }
  if (strides !== undefined) refuse(op, 'strides', 'be left out with outputSize', strides);
  const sizes = [outputSize].flat() as number[];
  const each = Array.from({ length: rank }, (_, axis) => sizes[axis] ?? sizes[0]!);
  return { outputSize: each as PerAxis<R> };
}

/** Checks that an output is no larger than its input. Sides of the input may be unknown. */
export function requireFittingOutput(
  op: string,
  outputSize: readonly number[],
  sides: readonly (number | null)[],
): void {
  if (outputSize.every((size, axis) => size <= (sides[axis] ?? size))) return;
  const most = sides.map((side) => side ?? 'any').join(', ');
  refuse(op, 'outputSize', `be at most [${most}], the input's`, outputSize);
}

/** Checks an output size of a pooling that does not crop. Only the whole size is possible. */
export function requireUncroppedOutput(
  op: string,
  outputSize: readonly number[],
  whole: readonly number[],
): void {
  if (outputSize.every((size, axis) => size === whole[axis])) return;
  refuse(op, 'outputSize', `be [${whole.join(', ')}] with cropping: false`, outputSize);
}

/** The check of one output size for all axes, or one for each axis. */
export function checkOutputSize(axes: SpatialRank): Check {
  return (op, name, value) => {
    if (Array.isArray(value)) requireNumbers(op, name, value, axes, requireSize);
    else requireSize(op, name, value);
  };
}
