import type { Check } from './check.js';
import { nearest } from './nearest.js';
import { refuse } from './refuse.js';
import { requireObject } from './require-type.js';

/** A check for each name of an options type. A missing name is a compile error. */
export type Checks<Options> = { [Name in keyof Required<Options>]: Check };

/**
 * Checks that options are an object with known names only, and checks each given option.
 *
 * @param name the argument's name, usually `'options'`.
 * @param needed the names of required options.
 * @throws ConfigError if a check fails. For an unknown name the message suggests the nearest one.
 */
export function requireOptions<Options>(
  fn: string,
  name: string,
  value: unknown,
  checks: Checks<Options>,
  needed: (keyof Options)[] = [],
): void {
  requireObject(fn, name, value);
  const options = value as Record<string, unknown>;
  const known = checks as Record<string, Check>;
  for (const given in options) {
    if (!Object.hasOwn(known, given)) {
      const names = Object.keys(known);
      const hint = names.length > 0 ? ` (${nearest(given, names)}?)` : '';
      refuse(fn, name, `have no '${given}'${hint}`, value);
    }
  }
  // A function has one options object, so errors use the option's name alone.
  const within = /^(options|config)$/.test(name) ? '' : `${name}.`;
  for (const one in known) {
    const given = options[one];
    const isNeeded = needed.includes(one as keyof Options);
    if (given !== undefined || isNeeded) known[one]!(fn, `${within}${one}`, given);
  }
}
