import { type Check, refuse } from '@ds/checks';

/** @throws ConfigError if a value is not the signal of an AbortController. */
export const requireSignal: Check = (fn, name, value) => {
  if (!(value instanceof AbortSignal)) refuse(fn, name, 'be an AbortSignal', value);
};
