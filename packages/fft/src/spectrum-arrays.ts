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

/**
 * Requires numbers to read. Only the type of the first one is checked: texts and bigints come from
 * one file or one array, and a check of all values would take as long as a short transform.
 *
 * @param want the required number of values. By default any number except 0.
 * @throws ConfigError if a value is not an array, has another length, or begins with something else
 *   than a number.
 */
export function requireValues(
  method: string,
  name: string,
  given: ArrayLike<number>,
  want?: number,
): void {
  requireList(method, name, given, want);
  if (!areNumbers(given)) refuse(method, `${name}[0]`, 'be a number', given[0]);
}

/** Whether a list begins with a number. An array without values in it counts as NaN. */
export function areNumbers(given: ArrayLike<number>): boolean {
  return typeof given[0] === 'number' || given[0] === undefined;
}

/**
 * Requires an array to write to. Arrays of integers would cut the fractions off.
 *
 * @throws ConfigError if a value is not an array of `want` values, or is a typed array of integers.
 */
export function requireOut(method: string, name: string, given: unknown, want?: number): void {
  requireList(method, name, given, want);
  if (!keepsFractions(given)) {
    refuse(method, name, 'be a Float64Array or a Float32Array', given);
  }
}

/** Whether an array keeps fractions. Plain arrays do. */
export function keepsFractions(given: unknown): boolean {
  return (
    given instanceof Float64Array || given instanceof Float32Array || !ArrayBuffer.isView(given)
  );
}

/** @throws ConfigError if a value does not hold two arrays of `want` numbers. */
export function requireSpectrumArrays(
  method: string,
  name: string,
  given: SpectrumLike,
  want: number,
): void {
  requireObject(method, name, given);
  requireValues(method, `${name}.real`, given.real, want);
  requireValues(method, `${name}.imag`, given.imag, want);
}

/** @throws ConfigError if a value does not hold two arrays of length `want` to write to. */
export function requireSpectrumOut(
  method: string,
  name: string,
  given: SpectrumLike,
  want: number,
): void {
  requireObject(method, name, given);
  requireOut(method, `${name}.real`, given.real, want);
  requireOut(method, `${name}.imag`, given.imag, want);
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
