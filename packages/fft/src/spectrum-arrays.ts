import { LARGEST_PLANE, refuse, requireList, requireObject, requireSize } from '@ds/checks';
import type { FloatArray } from './real-kernel.js';

/** Half-spectra of real signals as two arrays: float64, or float32 if the caller passes those. */
export interface SpectrumArrays<Values extends FloatArray = Float64Array> {
  real: Values;
  imag: Values;
}

/** A half-spectrum that is only read. */
export interface SpectrumLike {
  real: ArrayLike<number>;
  imag: ArrayLike<number>;
}

/** @throws ConfigError if a value is not a typed array, or is empty. */
export function requireTyped(method: string, name: string, given: unknown): void {
  if (!ArrayBuffer.isView(given)) refuse(method, name, 'be a typed array', given);
  requireList(method, name, given);
}

/** @throws ConfigError if a value does not hold two arrays of length `want`. */
export function requireSpectrumArrays(
  method: string,
  name: string,
  given: SpectrumLike,
  want: number,
): void {
  requireObject(method, name, given);
  requireList(method, `${name}.real`, given.real, want);
  requireList(method, `${name}.imag`, given.imag, want);
}

/**
 * A length as a small integer. In V8 `2 ** k` is a double, which makes every index computed from it
 * a double and loops a third slower.
 *
 * @throws ConfigError if it is not an integer from 1 to 2²⁴.
 */
export function requireLength(owner: string, name: string, length: number): number {
  return requireSize(owner, name, length) | 0;
}

/**
 * @throws ConfigError if a side is not an integer from 1 to 2²⁴, or the plane has more than 2²⁶
 *   values.
 */
export function requirePlane(owner: string, height: number, width: number): void {
  requireLength(owner, 'height', height);
  requireLength(owner, 'width', width);
  requireSize(owner, 'height · width', height * width, 1, LARGEST_PLANE);
}
