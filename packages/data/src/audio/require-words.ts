import { requireList, requireNumbers, requireString } from '@ds/checks';

/** @throws ConfigError if a value is not a list of strings, or is empty. */
export function requireWords(op: string, name: string, value: unknown): void {
  requireList(op, name, value);
  requireNumbers(op, name, value, undefined, requireString);
}
