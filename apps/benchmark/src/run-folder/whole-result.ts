import type { RunResult } from '../run/run-result.js';

/**
 * Whether a result is that of a run that ended by itself: every test used all test images and had a
 * finite loss, and the shifts were measured.
 */
export function isWholeResult({ stopped, shift, epochs, images }: RunResult): boolean {
  // JSON has no NaN: a loss that was not finite is stored as null.
  const isTested = epochs.every(
    ({ evaluation }) =>
      !evaluation || (Number.isFinite(evaluation.loss) && evaluation.count === images.test),
  );
  return !stopped && shift !== null && isTested;
}
