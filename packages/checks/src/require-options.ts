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
      const names = Object.keys(known);
      const near = nearest(given, names);
      const rule = near ? `have no '${given}' (${near}?)` : `have only ${names.join(', ')}`;
      refuse(fn, name, rule, value);
    }
  }
  for (const one in known) {
    const isNeeded = needed.includes(one as keyof Options);
    if (options[one] !== undefined || isNeeded) known[one]!(fn, one, options[one]);
  }
}

/** The known name that fewest edits make of a given one, if they are fewer than half of its letters. */
function nearest(given: string, names: string[]): string | undefined {
  const by = names.map((name) => ({ name, edits: edits(given.toLowerCase(), name.toLowerCase()) }));
  const best = by.sort((a, b) => a.edits - b.edits)[0];
  return best && best.edits <= Math.max(1, given.length / 2) ? best.name : undefined;
}

/** Letters to insert, delete or replace (Levenshtein 1966). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = row[j]! + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
