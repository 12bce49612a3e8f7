// How many seeds runs have, for sentences about them.

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];

/**
 * `two` for 2.
 *
 * @throws Error if the number has no word here.
 */
export function countInWords(count) {
  const word = NUMBERS[count];
  if (!word) throw new Error(`countInWords: count must be 0 … ${NUMBERS.length - 1}, got ${count}`);
  return word;
}

/**
 * The runs by their number of seeds, from the least: `[{ seeds: 1, names: ['λ = 1'] }]`.
 *
 * @param rows `[{ seeds, name }]`.
 */
export function seedGroups(rows) {
  const counts = [...new Set(rows.map(({ seeds }) => seeds))].sort((a, b) => a - b);
  return counts.map((count) => ({
    seeds: count,
    names: rows.filter(({ seeds }) => seeds === count).map(({ name }) => name),
  }));
}

/** `one seed`, or `two seeds`. */
export function seedsText(count) {
  return `${countInWords(count)} ${count === 1 ? 'seed' : 'seeds'}`;
}

/** `(3, 2, 3) and (2, 2, 2)`: names in a sentence. */
export const listed = (names) => new Intl.ListFormat('en').format(names);
