import type { RunResult } from '../run/run-result.js';
import { wordingOf } from '../text/wording.js';
import { scoredExamples } from './held-out.js';

/**
 * A sentence for each side of a run's dataset that had fewer examples than were asked for: the run
 * took all of them. `null` where it had enough.
 */
export function shortageOf({
  config,
  dataset,
  images,
}: Pick<RunResult, 'config' | 'dataset' | 'images'>): string | null {
  const { things } = wordingOf(config);
  const sides = [
    { kind: `training ${things}`, wanted: config.trainImages, taken: images.train },
    {
      kind: scoredExamples(config),
      // Held-out examples are all used.
      wanted: config.validationImages === undefined ? config.testImages : 'all',
      taken: images.test,
    },
  ].filter(({ wanted, taken }) => wanted !== 'all' && wanted > taken);
  if (sides.length === 0) return null;
  const taken = sides.map(
    (side) =>
      `all ${side.taken.toLocaleString('en')} ${side.kind}, ` +
      `where up to ${side.wanted.toLocaleString('en')} were asked for`,
  );
  return `${dataset} has no more: it took ${taken.join(', and ')}.`;
}
