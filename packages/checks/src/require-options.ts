import type { Check } from './check.js';
import { nearest } from './nearest.js';
import { refuse } from './refuse.js';
import { requireObject } from './require-type.js';

/** A check for every name of an options type. A missing name does not compile. */
export type Checks<Options> = { [Name in keyof Required<Options>]: Check };

/**
 * Checks that options are an object with known names only, and checks each option that is given.
 *
 * @param name the argument's name, mostly `'options'`.
 * @param needed names of the options that must be given.
 * @throws ConfigError if a check fails; for an unknown name the message shows the nearest known one.
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
      refuse(fn, name, `have no '${given}' (${nearest(given, Object.keys(known))}?)`, value);
    }
  }
  // A function has only one object of options, so each of them goes by its own name.
  const within = /^(options|config)$/.test(name) ? '' : `${name}.`;
  for (const one in known) {
    const given = options[one];
    const isNeeded = needed.includes(one as keyof Options);
    if (given !== undefined || isNeeded) known[one]!(fn, `${within}${one}`, given);
  }
}
