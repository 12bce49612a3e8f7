import type { Child } from 'hono/jsx';
import type { RunResult } from '../run/run-result.js';
import { differenceSentence, pairedDifferences } from '../statistics/paired-differences.js';

/** How each pooling differs from the first one, over runs that share strides and seed. */
export function differenceNotes(runs: RunResult[], poolings: string[]): Child {
  return pairedDifferences(runs, poolings).map((difference) => (
    <p class="note">{differenceSentence(difference)}</p>
  ));
}
