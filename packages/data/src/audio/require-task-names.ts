import { refuse } from '@ds/checks';
import { requireWords } from './require-words.js';

/** @throws ConfigError if a value is not a list of different names, or is empty. */
export function requireTaskNames(op: string, name: string, value: unknown): void {
  requireWords(op, name, value);
  const names = value as string[];
  if (new Set(names).size < names.length) refuse(op, name, 'have each task once', names);
}
