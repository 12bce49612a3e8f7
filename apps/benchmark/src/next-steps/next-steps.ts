import type { ComparisonRow } from '../statistics/comparison.js';
import { scoreOf } from '../statistics/score.js';
import { confusedClasses, nearGuessing } from './class-rules.js';
import type { NextStep } from './next-step.js';
import { stridesThatStayed, withinNoise } from './pooling-rules.js';
import { overtrained, shortOfTraining, stillRising } from './training-rules.js';

/**
 * What to try next, by rules that each need evidence from the runs. Empty if no rule applies, or if
 * a run was stopped before its end. Rules about one network examine the best one, because that is
 * the one to use.
 */
export function nextSteps(rows: ComparisonRow[]): NextStep[] {
  const runs = rows.flatMap((row) => row.runs);
  if (runs.length === 0 || runs.some(({ stopped }) => stopped)) return [];
  const best = runs.reduce((one, other) => (scoreOf(other) > scoreOf(one) ? other : one));
  const guess = nearGuessing(best);
  // Other rules say nothing about a network that guesses.
  if (guess) return [guess];
  return [
    shortOfTraining(best),
    overtrained(best),
    stillRising(best),
    withinNoise(rows),
    stridesThatStayed(runs),
    confusedClasses(best),
  ].filter((step) => step !== null);
}
