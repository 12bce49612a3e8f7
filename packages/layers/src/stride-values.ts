import {
  type Check,
  ConfigError,
  integerIn,
  refuse,
  requireNumbers,
  requireTensor,
} from '@ds/checks';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { type PerAxis, type SpatialRank, writtenStrides } from './spatial-rank.js';

/**
 * Reads the strides' values on the host, for the output size. On `cpu` and `wasm` this copies two
 * numbers. A shared stride is returned twice.
 *
 * @throws ConfigError if a value is not finite.
 */
export function strideValues(op: string, strides: Tensor1D): [number, number] {
  const [height, width = height] = strides.dataSync<'float32'>();
  const values: [number, number] = [height!, width!];
  requireFinite(op, values);
  return values;
}

/** Checks that strides are finite, since output sizes follow from them. */
export function requireFinite(op: string, strides: readonly number[]): void {
  if (!strides.every(Number.isFinite)) {
    throw new ConfigError(`${op}: strides must be finite, got [${strides.join(', ')}]`);
  }
}

export function requireStrideTensor(op: string, strides: Tensor1D): void {
  requireTensor(op, 'strides', strides);
  if (strides.rank !== 1 || strides.size > 2) {
    throw new ConfigError(
      `${op}: strides must have shape [2] ([S_h, S_w]) or [1] (shared), ` +
        `got shape [${strides.shape}]`,
    );
  }
}

/** Checks strides given as numbers, and returns one for each axis. */
export function requireStrides<R extends SpatialRank = 2>(
  op: string,
  strides: number | readonly number[],
  rank: R = 2 as R,
): PerAxis<R> {
  const list = stridesPerAxis(op, strides, rank);
  if (!list.every((stride) => Number.isFinite(stride) && stride >= 1)) {
    refuse(op, 'strides', 'be >= 1', list);
  }
  return list;
}

/** Returns one number for all axes, or a copy of the list. It does not check the values. */
export function stridesPerAxis<R extends SpatialRank = 2>(
  op: string,
  strides: unknown,
  rank: R = 2 as R,
): PerAxis<R> {
  const list = typeof strides === 'number' ? Array<number>(rank).fill(strides) : strides;
  if (!Array.isArray(list) || list.length !== rank) {
    refuse(op, 'strides', `be a number or ${writtenStrides(rank)}`, strides);
  }
  return [...list] as PerAxis<R>;
}

/** {@link requireStrides} as the check of an option. */
export const checkStrides: Check = (op, _name, strides) =>
  requireStrides(op, strides as [number, number]);

/** The largest side of an image. */
const LARGEST_SIDE = 2 ** 20;

/** Checks the height and the width of images. */
export function requireSides(op: string, name: string, sides: unknown): void {
  requireNumbers(op, name, sides, 2, integerIn(1, LARGEST_SIDE));
}
