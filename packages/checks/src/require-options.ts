import { refuse } from './refuse.js';

/** Every name of an options type: one that is missing here does not compile. */
export type Known<Options> = { [Name in keyof Required<Options>]: 1 };

/**
 * Checks that options are an object whose names are all known.
 *
 * @param name of the argument, mostly `'options'`.
 * @throws RangeError if they are not; it names the nearest known name.
 */
export function requireOptions<Options>(
  fn: string,
  name: string,
  value: unknown,
  known: Known<Options>,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(fn, name, 'be an object', value);
  }
  for (const given in value) {
    if (!Object.hasOwn(known, given)) {
      const names = Object.keys(known);
      const near = nearest(given, names);
      refuse(
        fn,
        name,
        near ? `have no '${given}' (${near}?)` : `have only ${names.join(', ')}`,
        value,
      );
    }
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
