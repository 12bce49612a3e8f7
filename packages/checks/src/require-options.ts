import type { Check } from './check.js';
import { refuse } from './refuse.js';
import { requireObject } from './require-type.js';

/** A check for every name of an options type: one that is missing here does not compile. */
export type Checks<Options> = { [Name in keyof Required<Options>]: Check };

/**
 * Checks that options are an object whose names are all known, and each that is given.
 *
 * @param name of the argument, mostly `'options'`.
 * @param needed names that must be given.
 * @throws RangeError if they are not; of an unknown name it says the nearest known one.
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
  // An option of a whole function goes by its own name: there is one object of them.
  const within = /^(options|config)$/.test(name) ? '' : `${name}.`;
  for (const one in known) {
    const given = options[one];
    const isNeeded = needed.includes(one as keyof Options);
    if (given !== undefined || isNeeded) known[one]!(fn, `${within}${one}`, given);
  }
}

/** Letters to insert, delete or replace (Levenshtein 1966), whatever their case. */
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
