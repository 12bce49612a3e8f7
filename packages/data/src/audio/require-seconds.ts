import { requireNumber } from '@ds/checks';

/** The shortest and the longest window in seconds: a millisecond and an hour. */
const [SHORTEST, LONGEST] = [1e-3, 3600];

/** @throws ConfigError if a window length is not between a millisecond and an hour. */
export function requireSeconds(fn: string, name: string, value: unknown): void {
  requireNumber(fn, name, value, SHORTEST, LONGEST);
}
