import { refuse } from './refuse.js';

/** The largest size that is allowed. Up to here float32 holds every integer. */
export const LARGEST_SIZE = 2 ** 24;

/** The largest side of an image that is allowed, in pixels. Matrices have this size. */
export const LARGEST_SIDE = 2 ** 14;

/** The most values of a plane or a table whose two sides a caller gives. */
export const LARGEST_PLANE = 2 ** 26;

/** @throws ConfigError if a value is not a finite number from `min` to `max`, both included. */
export function requireNumber(
  fn: string,
  name: string,
  value: unknown,
  min?: number,
  max?: number,
): number {
  return inRange(fn, name, value, Number.isFinite(value), 'a finite number', min, max);
}

/** @throws ConfigError if a value is not an integer from `min` to `max`, both included. */
export function requireInteger(
  fn: string,
  name: string,
  value: unknown,
  min?: number,
  max?: number,
): number {
  return inRange(fn, name, value, Number.isSafeInteger(value), 'an integer', min, max);
}

/**
 * Checks a length or a count, which decides how much memory is taken.
 *
 * @throws ConfigError if a value is not an integer from `min` to `max`, by default
 *   {@link LARGEST_SIZE}.
 */
export function requireSize(
  fn: string,
  name: string,
  value: unknown,
  min = 1,
  max = LARGEST_SIZE,
): number {
  // For a value below `min` the message leaves out the upper bound.
  requireInteger(fn, name, value, min);
  return requireInteger(fn, name, value, min, max);
}

/** @throws ConfigError if a value is not a finite number above 0. */
export function requirePositive(fn: string, name: string, value: unknown): number {
  const isPositive = Number.isFinite(value) && (value as number) > 0;
  return inRange(fn, name, value, isPositive, 'a finite number > 0');
}

function inRange(
  fn: string,
  name: string,
  value: unknown,
  isKind: boolean,
  kind: string,
  min?: number,
  max?: number,
): number {
  const number = value as number;
  const isInside = number >= (min ?? number) && number <= (max ?? number);
  if (isKind && isInside) return number;
  const range = max !== undefined ? ` in ${min} … ${max}` : min !== undefined ? ` >= ${min}` : '';
  return refuse(fn, name, `be ${kind}${range}`, value);
}
