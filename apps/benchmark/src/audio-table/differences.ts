import type { RunResult } from '../run/run-result.js';
import { differenceSentence, pairedDifferences } from '../statistics/paired-differences.js';
import { type AudioTableSpec, runsOfGroup } from './rows.js';

/**
 * How each pooling differs from the first one, a sentence for each: over runs that share tasks,
 * test sounds and seed. Of several tasks together, the score is their mean. With several groups, a
 * sentence names its tasks.
 */
export function taskDifferences(
  results: RunResult[],
  { groups, poolings }: AudioTableSpec,
): string[] {
  return groups.flatMap((group) => {
    const name = groups.length > 1 ? `${group.join(' and ')}: ` : '';
    return pairedDifferences(runsOfGroup(results, group), poolings).map(
      (difference) => `${name}${differenceSentence(difference)}`,
    );
  });
}
