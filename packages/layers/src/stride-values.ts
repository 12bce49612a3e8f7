import {
  type Check,
  ConfigError,
  integerIn,
  refuse,
  requireNumbers,
  requireTensor,
} from '@ds/checks';
import type { Tensor1D } from '@tensorflow/tfjs-core';

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

/** Checks strides given as numbers, and returns the pair. `least` is the smallest one allowed. */
export function requireStrides(
  op: string,
  strides: number | readonly number[],
  least = 1,
): [number, number] {
  const list = pairOf(op, strides);
  if (!list.every((stride) => Number.isFinite(stride) && stride >= least)) {
    refuse(op, 'strides', `be >= ${least}`, list);
  }
  return list;
}

/** Returns one number twice, or a copy of a pair. It does not check the values. */
export function pairOf(op: string, strides: unknown): [number, number] {
  const list = typeof strides === 'number' ? [strides, strides] : strides;
  if (!Array.isArray(list) || list.length !== 2) {
    refuse(op, 'strides', 'be a number or [S_h, S_w]', strides);
  }
  return [...list] as [number, number];
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
