import type { Check } from './check.js';
import { refuse } from './refuse.js';
import { requireObject } from './require-type.js';

/** A check for every name of an options type. A missing name does not compile. */
export type Checks<Options> = { [Name in keyof Required<Options>]: Check };

/**
 * Checks that options are an object with known names only, and checks each option that is given.
 *
 * @param name the argument's name, mostly `'options'`.
 * @param needed names of the options that must be given.
 * @throws RangeError if a check fails; for an unknown name the message shows the nearest known one.
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
      const names = Object.keys(known).sort((a, b) => edits(given, a) - edits(given, b));
      refuse(fn, name, `have no '${given}' (${names[0]}?)`, value);
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

/** The number of letters to insert, delete or replace (Levenshtein 1966), whatever their case. */
function edits(a: string, b: string): number {
  const row = [...b, b].map((_, j) => j);
  for (const letter of a) {
    let before = row[0]!++;
    for (let j = 0; j < b.length; j++) {
      const same = letter.toLowerCase() === b[j]!.toLowerCase();
      const next = same ? before : 1 + Math.min(before, row[j]!, row[j + 1]!);
      before = row[j + 1]!;
      row[j + 1] = next;
    }
  }
  return row.at(-1)!;
}
