import { describe } from './describe.js';
import { ConfigError } from './errors.js';

/**
 * Throws the error of all checks: `spectralPool: strides must be >= 1, got [0, 2]`.
 *
 * @param fn the function that the user called.
 * @param name the argument's name. For an option: `options.name`, or its name alone.
 * @param rule the rule, without the word "must".
 * @throws ConfigError always.
 */
export function refuse(fn: string, name: string, rule: string, value: unknown): never {
  throw new ConfigError(`${fn}: ${name} must ${rule}, got ${describe(value)}`);
}
