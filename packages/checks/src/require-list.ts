import { refuse } from './refuse.js';

/**
 * Checks that a value is an array, plain or typed, of any length. Returns its length. Copy a list
 * to a plain one before `map`, since `map` of a typed array gives a typed array.
 *
 * @throws ConfigError if it is not.
 */
export function requireArray(fn: string, name: string, value: unknown): number {
  const list = Array.isArray(value) || ArrayBuffer.isView(value) ? value : null;
  return (list as ArrayLike<unknown> | null)?.length ?? refuse(fn, name, 'be an array', value);
}

/**
 * Checks that a value is an array, plain or typed.
 *
 * @param length the required number of values. By default any number except 0.
 * @throws ConfigError if the value is not an array, or has another length.
 */
export function requireList(fn: string, name: string, value: unknown, length?: number): void {
  const got = requireArray(fn, name, value);
  if (got === (length ?? (got || 1))) return;
  refuse(fn, name, `have ${length ?? 'at least one'} value${length === undefined ? '' : 's'}`, got);
}

/**
 * Checks each number of a list. Errors name the list and the index.
 *
 * @throws ConfigError if the value is not a list of this length, or a number fails the check.
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
