import { requireNumber, requirePositive } from '@ds/checks';

/** The longest window in seconds: one hour. */
const LONGEST = 3600;

/** @throws ConfigError if a window length is not above 0 s and at most one hour. */
export function requireSeconds(fn: string, name: string, value: unknown): void {
  requirePositive(fn, name, value);
  requireNumber(fn, name, value, 0, LONGEST);
}
