import type { RunResult } from '../run/run-result.js';
import { scoreOf } from '../statistics/score.js';

/**
 * Whether a result is that of a run that ended by itself: every test used all test images and had a
 * finite loss, the shifts were measured, and the score is a share.
 */
export function isWholeResult(result: RunResult): boolean {
  const { config, stopped, shift, epochs, images, initial } = result;
  const score: unknown = scoreOf(result);
  const hasScore = typeof score === 'number' && score >= 0 && score <= 1;
  if (!hasScore || typeof config?.pooling !== 'string' || !initial?.strides) return false;
  // JSON has no NaN: a loss that was not finite is stored as null.
  const isTested = epochs.every(
    ({ evaluation }) =>
      !evaluation || (Number.isFinite(evaluation.loss) && evaluation.count === images.test),
  );
  return !stopped && shift !== null && isTested;
}
