import { refuse } from './refuse.js';
import { LARGEST_SIZE } from './require-number.js';

/**
 * An array, plain or typed.
 *
 * @param length what it must be; by default any from `min` on.
 * @throws RangeError if it is none, or of another length.
 */
export function requireList(
  fn: string,
  name: string,
  value: unknown,
  { length, min = 0 }: { length?: number; min?: number } = {},
): void {
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (!isList) refuse(fn, name, 'be an array', value);
  const got = (value as ArrayLike<unknown>).length;
  if (length !== undefined && got !== length) refuse(fn, name, `have ${length} values`, value);
  if (got < min) refuse(fn, name, `have at least ${min} value${min > 1 ? 's' : ''}`, value);
  if (got > LARGEST_SIZE) refuse(fn, name, `have at most ${LARGEST_SIZE} values`, value);
}

/**
 * A list of numbers of which each passes a check, whose errors name the list and the place.
 *
 * @throws RangeError if one does not.
 */
export function requireNumbers(
  fn: string,
  name: string,
  value: unknown,
  length: number | undefined,
  check: (fn: string, name: string, value: unknown) => unknown,
): void {
  requireList(fn, name, value, { length });
  const list = value as ArrayLike<number>;
  for (let i = 0; i < list.length; i++) check(fn, `${name}[${i}]`, list[i]);
}
