import { ConfigError } from '@ds/checks';

/** @throws ConfigError if a value is not finite. */
export function requireFinite(op: string, what: string, values: ArrayLike<number>): void {
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) {
      throw new ConfigError(`${op}: ${what} must be finite, got ${values[at]} at place ${at}`);
    }
  }
}
