import { refuse, requireSize as requireCount, requireObject } from '@ds/checks';
import type { FloatArray } from './real-kernel.js';

/** The Hermitian half of real signals' spectra, as two arrays; float64, or float32 where the caller gives such. */
export interface SpectrumArrays<Values extends FloatArray = Float64Array> {
  real: Values;
  imag: Values;
}

/** A half-spectrum to read. */
export interface SpectrumLike {
  real: ArrayLike<number>;
  imag: ArrayLike<number>;
}

/** @throws RangeError if a value is not an array, or not of the size that is wanted. */
export function requireSize(method: string, name: string, given: unknown, want: number): void {
  requireArray(method, name, given);
  const got = (given as ArrayLike<number>).length;
  if (got !== want) {
    throw new RangeError(`${method}: ${name} must have ${want} values, got ${got}`);
  }
}

/** @throws RangeError if a value has no length. */
export function requireArray(method: string, name: string, given: unknown): void {
  const isArray = typeof given === 'object' && given !== null && 'length' in given;
  if (!isArray) refuse(method, name, 'be an array', given);
}

/** @throws RangeError if a value is not a typed array with a value in it. */
export function requireTyped(method: string, name: string, given: unknown): void {
  const isTyped = ArrayBuffer.isView(given) && 'length' in given && given.length !== 0;
  if (!isTyped) refuse(method, name, 'be a typed array with values', given);
}

/** @throws RangeError if a value does not hold two arrays, of the size that is wanted. */
export function requireSpectrumArrays(
  method: string,
  name: string,
  given: SpectrumLike,
  want: number,
): void {
  requireObject(method, name, given);
  requireSize(method, `${name}.real`, given.real, want);
  requireSize(method, `${name}.imag`, given.imag, want);
}

/**
 * A length as a small integer: `2 ** k` is one by value but a double in V8, and all that is counted from it would be counted in doubles, a
 * third slower.
 *
 * @throws RangeError if it is not an integer from 1 to 2²⁴.
 */
export function requireLength(owner: string, name: string, length: number): number {
  return requireCount(owner, name, length) | 0;
}
