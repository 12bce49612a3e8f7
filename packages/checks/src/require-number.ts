import { refuse } from './refuse.js';

/** The largest allowed size. float32 represents every integer up to it. */
export const LARGEST_SIZE = 2 ** 24;

/** The largest allowed side of an image, in pixels. Matrices may have this size. */
export const LARGEST_SIDE = 2 ** 14;

/** The smallest float32 that a GPU does not flush to 0: 2⁻¹²⁶. */
export const SMALLEST_NORMAL = 2 ** -126;

/** The largest number of values in a plane or table with two sides from the caller. */
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
 * Checks a length or a count that determines memory use.
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
  // If the value is below `min`, the message omits the upper bound.
  requireInteger(fn, name, value, min);
  return requireInteger(fn, name, value, min, max);
}

/** @throws ConfigError if a value is not a number above 0 and below 1, such as a threshold. */
export function requireThreshold(fn: string, name: string, value: unknown): number {
  const isInside = typeof value === 'number' && value > 0 && value < 1;
  return inRange(fn, name, value, isInside, 'a number above 0 and below 1');
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
