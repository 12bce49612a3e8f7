import { refuse } from '@ds/checks';

/** @throws ConfigError if a value is not an array of non-empty strings. */
export function requireNames(op: string, name: string, value: unknown): void {
  const isName = (one: unknown) => typeof one === 'string' && one !== '';
  if (Array.isArray(value) && value.every(isName)) return;
  refuse(op, name, 'be a list of names of tensors', value);
}
