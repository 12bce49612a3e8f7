import type { RunResult } from '../run/run-result.js';
import { wordingOf } from '../text/wording.js';

/** What runs must have in common, for a comparison of their scores. */
const SHARED: { name: string; of: (result: RunResult) => string }[] = [
  { name: 'dataset', of: ({ config, dataset }) => `${config.dataset} (${dataset})` },
  { name: 'tasks', of: ({ sound }) => (sound?.tasks ?? []).map(({ name }) => name).join(', ') },
  { name: 'split', of: ({ sound }) => sound?.split ?? '' },
  { name: 'image size', of: ({ config }) => `${config.imageSize ?? ''}` },
  {
    name: 'number of held-out examples',
    of: ({ config }) => `${config.validationImages ?? ''}`,
  },
  {
    name: 'number of test examples',
    of: ({ images }) => `${images.test} of ${images.available.test}`,
  },
];

/**
 * Checks that the scores of runs compare.
 *
 * @throws Error that names what two of them do not share.
 */
export function requireComparable(results: RunResult[]): void {
  const [first, ...others] = results;
  for (const { name, of } of SHARED) {
    const wanted = of(first!);
    const other = others.find((result) => of(result) !== wanted);
    if (!other) continue;
    throw new Error(
      `report: the runs must have the same ${name}, got ${wanted || 'none'} ` +
        `(${first!.config.pooling}) and ${of(other) || 'none'} (${other.config.pooling}). ` +
        'Give folders of comparable runs',
    );
  }
}

/** What a reader of the table must know about runs that compare. */
export function comparisonNotes(results: RunResult[]): string[] {
  const { images, config } = results[0]!;
  const { things } = wordingOf(config);
  const seeds = new Map<string, Set<number>>();
  for (const { config: own } of results) {
    const { seed, ...rest } = own;
    const key = JSON.stringify(rest);
    seeds.set(key, (seeds.get(key) ?? new Set()).add(seed));
  }
  const sets = new Set([...seeds.values()].map((set) => [...set].sort((a, b) => a - b).join()));
  const machines = new Set(results.map(({ environment }) => environment.processor));
  return [
    ...(images.test < images.available.test && sets.size > 1
      ? [
          `Test ${things} are drawn by the seed, and the rows have different seeds: ` +
            `small differences come from different test ${things}.`,
        ]
      : []),
    ...(machines.size > 1
      ? ['The runs come from different machines, so their speeds do not compare.']
      : []),
  ];
}
