import type { RunSummary } from '../comparison.js';

/** A share in percent, with two decimals; `null` if it was not measured. */
export function percent(share: number): number | null {
  return Number.isNaN(share) ? null : Number((100 * share).toFixed(2));
}

/** A summary's numbers as every table has them for programs; accuracies in percent. */
export function summaryFields(summary: RunSummary) {
  return {
    runs: summary.runs.length,
    accuracy: percent(summary.accuracy),
    deviation: summary.deviation === null ? null : percent(summary.deviation),
    top5: percent(summary.top5),
    shiftConsistency: percent(summary.shiftConsistency),
    complexity: Number(summary.complexity.toFixed(4)),
    macs: Math.round(summary.macs),
    imagesPerSecond: Math.round(summary.imagesPerSecond),
    stopped: summary.runs.some(({ stopped }) => stopped),
  };
}
