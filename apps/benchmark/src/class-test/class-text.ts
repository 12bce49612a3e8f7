import { scoredExamples } from '../data/held-out.js';
import type { RunResult } from '../run/run-result.js';
import { formatShare } from '../text/format.js';
import {
  type ClassGroup,
  classGroups,
  classRows,
  confusedPairs,
  weakestClasses,
} from './class-groups.js';

/**
 * The largest number of classes that a sentence names. With few classes it names half of them,
 * and at least one.
 */
const MOST_NAMED = 3;

/** The share of right predictions, the weakest classes and the most frequent confusion. */
export function classSentence(group: ClassGroup, examples: string): string {
  const { count, decisions, runs } = group;
  const rows = classRows(group);
  const weakest = weakestClasses(group)
    .slice(0, Math.min(MOST_NAMED, Math.max(1, Math.floor(rows.length / 2))))
    .filter(({ accuracy }) => accuracy < 1);
  const several = runs > 1 ? ` over ${runs} runs` : '';
  if (decisions) {
    const missed = weakest.map(({ name, right, examples }) => `${name} (${right} of ${examples})`);
    const found = missed.length > 0 ? `least found: ${missed.join(', ')}` : 'every label was found';
    return `${count} ${examples}${several}; ${found}`;
  }
  const right = rows.reduce((sum, row) => sum + row.right, 0);
  const whole = `${right} of ${count} ${examples} right${several}`;
  if (weakest.length === 0) return whole;
  const names = weakest.map(({ name, accuracy }) => `${name} (${formatShare(accuracy)})`);
  const worst = confusedPairs(group)[0]!;
  const share = `${worst.count} of ${Math.round(worst.count / worst.share)}`;
  return (
    `${whole}; weakest: ${names.join(', ')}; ` +
    `most frequent confusion: ${worst.truth} taken for ${worst.predicted} (${share})`
  );
}

/** A line for each pooling, for the terminal. Empty if no run has a test by class. */
export function classText(runs: RunResult[]): string {
  const groups = classGroups(runs, ({ config }) => config.pooling);
  if (groups.length === 0) return '';
  const examples = scoredExamples(runs[0]!.config);
  return groups
    .map((group) => {
      const task = group.task === 'class' ? '' : ` (${group.task})`;
      return `${group.name}${task}: ${classSentence(group, examples)}.`;
    })
    .join('\n');
}
