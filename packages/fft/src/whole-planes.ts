import { ConfigError } from '@ds/checks';
import { requireValues } from './spectrum-arrays.js';

/**
 * The number of planes of `size` values in an array.
 *
 * @throws ConfigError if the array does not hold whole planes of numbers.
 */
export function wholePlanes(
  method: string,
  name: string,
  given: ArrayLike<number>,
  size: number,
): number {
  requireValues(method, name, given);
  const got = given.length;
  if (got < size || got % size !== 0) {
    throw new ConfigError(
      `${method}: ${name} must have whole planes of ${size} values, got ${got}`,
    );
  }
  return got / size;
}
