import { refuse } from './refuse.js';

/** The largest length of anything: up to here float32 tells integers apart. */
export const LARGEST_SIZE = 2 ** 24;

/** @throws RangeError if a value is not a finite number from `min` to `max`, both included. */
export function requireNumber(
  fn: string,
  name: string,
  value: unknown,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
): number {
  return inRange(fn, name, value, 'a finite number', Number.isFinite(value), min, max);
}

/** @throws RangeError if a value is not an integer from `min` to `max`, both included. */
export function requireInteger(
  fn: string,
  name: string,
  value: unknown,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
): number {
  return inRange(fn, name, value, 'an integer', Number.isSafeInteger(value), min, max);
}

/**
 * A length, a count of channels: what decides how much memory is taken.
 *
 * @throws RangeError if a value is not an integer from `min` to `max`, by default {@link LARGEST_SIZE}.
 */
export function requireSize(
  fn: string,
  name: string,
  value: unknown,
  min = 1,
  max = LARGEST_SIZE,
): number {
  const size = requireInteger(fn, name, value, min);
  return size > max ? requireInteger(fn, name, value, min, max) : size;
}

/** @throws RangeError if a value is not a finite number above 0. */
export function requirePositive(fn: string, name: string, value: unknown): number {
  const number = value as number;
  if (Number.isFinite(value) && number > 0) return number;
  return refuse(fn, name, 'be a finite number > 0', value);
}

function inRange(
  fn: string,
  name: string,
  value: unknown,
  kind: string,
  isKind: boolean,
  min: number,
  max: number,
): number {
  const number = value as number;
  if (isKind && number >= min && number <= max) return number;
  const [hasMin, hasMax] = [min, max].map(Number.isFinite);
  const range = hasMin
    ? hasMax
      ? ` in ${min} … ${max}`
      : ` >= ${min}`
    : hasMax
      ? ` <= ${max}`
      : '';
  return refuse(fn, name, `be ${kind}${range}`, value);
}
