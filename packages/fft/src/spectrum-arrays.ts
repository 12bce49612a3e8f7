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

/** @throws RangeError if a length is not an integer ≥ 1. */
export function requireLength(owner: string, name: string, length: number): void {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`${owner}: ${name} must be an integer >= 1, got ${length}`);
  }
}
