import { isMultiLabel } from '../config/multi-label.js';
import type { RunSummary } from '../statistics/comparison.js';

/** A share in percent, with two decimals; `null` if it was not measured. */
export function percent(share: number): number | null {
  return Number.isNaN(share) ? null : Number((100 * share).toFixed(2));
}

/**
 * A summary's numbers as every table has them for programs; accuracies in percent. With several
 * labels, mAP and AUC are in place of accuracy and top-5 accuracy.
 */
export function summaryFields(summary: RunSummary) {
  return {
    runs: summary.runs.length,
    ...scores(summary),
    shiftConsistency: percent(summary.shiftConsistency),
    complexity: Number(summary.complexity.toFixed(4)),
    macs: Math.round(summary.macs),
    imagesPerSecond: Math.round(summary.imagesPerSecond),
    stopped: summary.runs.some(({ stopped }) => stopped),
  };
}

function scores({ runs, accuracy, deviation: spread, top5, auc }: RunSummary) {
  const deviation = spread === null ? null : percent(spread);
  return isMultiLabel(runs[0]!.config)
    ? { meanAveragePrecision: percent(accuracy), deviation, auc: percent(auc) }
    : { accuracy: percent(accuracy), deviation, top5: percent(top5) };
}
