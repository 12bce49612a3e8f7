import {
  type Check,
  ConfigError,
  integerIn,
  refuse,
  requireNumbers,
  requireTensor,
} from '@ds/checks';
import { getBackend, type Tensor1D } from '@tensorflow/tfjs-core';
import { type PerAxis, type SpatialRank, writtenStrides } from './spatial-rank.js';

/**
 * Reads the strides' values on the host, for the output size, one for each axis. On `cpu` and
 * `wasm` this copies a few numbers. A shared stride is repeated.
 *
 * @throws ConfigError if a value is not finite, or if the browser cannot read the values at once.
 */
export function strideValues(op: string, strides: Tensor1D, rank: SpatialRank): number[] {
  const values = perAxis([...strides.dataSync<'float32'>()], rank);
  requireFinite(op, values);
  requireRead(op, values);
  return values;
}

/**
 * Checks that the strides were read. In a browser, tfjs's WebGPU backend reads through a canvas,
 * and returns zeros if the browser does not copy from the GPU to the canvas.
 */
function requireRead(op: string, strides: readonly number[]): void {
  const isThroughCanvas = getBackend() === 'webgpu' && 'OffscreenCanvas' in globalThis;
  if (isThroughCanvas && strides.every((stride) => stride === 0)) {
    throw new ConfigError(
      `${op}: outputSize must be given, because this browser cannot read the strides from the GPU ` +
        `at once, got strides that read as [${strides.join(', ')}]`,
    );
  }
}

/** Strides for each axis. A shared stride is repeated. */
export function perAxis<R extends SpatialRank>(strides: readonly number[], rank: R): PerAxis<R> {
  return Array.from({ length: rank }, (_, axis) => strides[axis] ?? strides[0]!) as PerAxis<R>;
}

/** Checks that strides are finite, since output sizes follow from them. */
export function requireFinite(op: string, strides: readonly number[]): void {
  if (!strides.every(Number.isFinite)) {
    throw new ConfigError(`${op}: strides must be finite, got [${strides.join(', ')}]`);
  }
}

/** Checks a tensor of strides: one for each axis, or one for all. */
export function requireStrideTensor(op: string, strides: Tensor1D, rank: SpatialRank): void {
  requireTensor(op, 'strides', strides);
  if (strides.rank === 1 && [1, rank].includes(strides.size)) return;
  const own = `[${rank}] (${writtenStrides(rank)})`;
  throw new ConfigError(
    `${op}: strides must have shape ${rank === 1 ? own : `${own} or [1] (shared)`}, ` +
      `got shape [${strides.shape}]`,
  );
}

/**
 * Checks strides given as numbers, and returns one for each axis. `least` is the smallest one
 * allowed.
 */
export function requireStrides<R extends SpatialRank = 2>(
  op: string,
  strides: number | readonly number[],
  rank: R = 2 as R,
  least = 1,
): PerAxis<R> {
  const list = stridesPerAxis(op, strides, rank);
  if (!list.every((stride) => Number.isFinite(stride) && stride >= least)) {
    refuse(op, 'strides', `be >= ${least}`, list);
  }
  if (!list.every(isFloat32)) refuse(op, 'strides', 'be finite in float32', list);
  return list;
}

/** Whether a number is finite as a float32, as tensors hold it. */
export function isFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
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
export function checkStridesOf(rank: SpatialRank, least = 1): Check {
  return (op, _name, strides) => requireStrides(op, strides as number[], rank, least);
}

/** The check of the strides of images. */
export const checkStrides = checkStridesOf(2);

/** The longest side of an image, or of a signal. */
export const LONGEST_SIDE = 2 ** 20;

/**
 * Checks the sides of images, by default the height and the width. Returns a plain list, because
 * `map` of a typed array gives a typed array.
 */
export function requireSides<R extends SpatialRank = 2>(
  op: string,
  name: string,
  sides: unknown,
  rank: R = 2 as R,
): PerAxis<R> {
  requireNumbers(op, name, sides, rank, integerIn(1, LONGEST_SIDE));
  return [...(sides as number[])] as PerAxis<R>;
}
