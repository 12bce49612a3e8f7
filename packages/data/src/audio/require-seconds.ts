import { requireNumber, requirePositive } from '@ds/checks';

/** The longest window, in seconds: an hour. */
const LONGEST = 3600;

/** @throws ConfigError if a value is not the length of a window: above 0 s, at most an hour. */
export function requireSeconds(fn: string, name: string, value: unknown): void {
  requirePositive(fn, name, value);
  requireNumber(fn, name, value, 0, LONGEST);
}
