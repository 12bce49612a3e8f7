/**
 * Returns the known name that is nearest to a misspelt one: the fewest letters to insert, delete or
 * replace (Levenshtein 1966), ignoring case. Returns `undefined` if there are no names.
 */
export function nearest(given: string, names: readonly string[]): string | undefined {
  return [...names].sort((a, b) => edits(given, a) - edits(given, b))[0];
}

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
