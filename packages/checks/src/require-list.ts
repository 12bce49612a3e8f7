import { refuse } from './refuse.js';

/**
 * An array, plain or typed.
 *
 * @param length what it must be; by default any but 0.
 * @throws RangeError if it is none, or of another length.
 */
export function requireList(fn: string, name: string, value: unknown, length?: number): void {
  const list = Array.isArray(value) || ArrayBuffer.isView(value) ? value : null;
  const got = (list as ArrayLike<unknown> | null)?.length;
  if (got === undefined) refuse(fn, name, 'be an array', value);
  if (got !== (length ?? (got || 1))) refuse(fn, name, `have ${length ?? 'some'} values`, got);
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
  requireList(fn, name, value, length);
  const list = value as ArrayLike<number>;
  for (let i = 0; i < list.length; i++) check(fn, `${name}[${i}]`, list[i]);
}
