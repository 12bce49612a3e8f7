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

/** @throws RangeError if an array does not have the size that is wanted. */
export function requireSize(method: string, name: string, got: number, want: number): void {
  if (got !== want) {
    throw new RangeError(`${method}: ${name} must have ${want} values, got ${got}`);
  }
}

/**
 * A length as a small integer: `2 ** k` is one by value but a double in V8, and all that is counted from it would be counted in doubles, a
 * third slower.
 *
 * @throws RangeError if it is not an integer from 1 to 2³¹ − 1.
 */
export function requireLength(owner: string, name: string, length: number): number {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`${owner}: ${name} must be an integer >= 1, got ${length}`);
  }
  if (length > 2 ** 31 - 1) {
    throw new RangeError(`${owner}: ${name} must be below 2^31, got ${length}`);
  }
  return length | 0;
}
