import type { RunResult } from './run-result.js';

/** All runs of one pooling, as a row of a table. */
export interface ComparisonRow {
  pooling: string;
  runs: RunResult[];
  /** Mean test accuracy over the runs, a share. */
  accuracy: number;
  /** Sample standard deviation; `null` for a single run. */
  deviation: number | null;
  /** Means over the runs, at the final strides. */
  complexity: number;
  /** Share of equal predictions under random shifts. */
  shiftConsistency: number;
  macs: number;
  imagesPerSecond: number;
}

/** Groups results by pooling, in the order given; a pooling without a result has no row. */
export function compareRuns(results: RunResult[], poolings: string[]): ComparisonRow[] {
  return poolings.flatMap((pooling) => {
    const runs = results.filter(({ config }) => config.pooling === pooling);
    if (runs.length === 0) return [];
    const accuracy = mean(runs.map((run) => run.accuracy));
    const squares = runs.reduce((sum, run) => sum + (run.accuracy - accuracy) ** 2, 0);
    return [
      {
        pooling,
        runs,
        accuracy,
        deviation: runs.length > 1 ? Math.sqrt(squares / (runs.length - 1)) : null,
        shiftConsistency: mean(runs.map((run) => run.shift.consistency)),
        complexity: mean(runs.map((run) => run.final.complexity)),
        macs: mean(runs.map((run) => run.final.macs)),
        imagesPerSecond: mean(runs.map((run) => run.imagesPerSecond)),
      },
    ];
  });
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
