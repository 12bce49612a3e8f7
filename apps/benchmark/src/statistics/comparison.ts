import type { RoundedNetwork, RunResult } from '../run/run-result.js';
import { meanAndDeviation } from './mean-and-deviation.js';
import { scoreOf } from './score.js';

/** A table row that summarises runs with different seeds. */
export interface RunSummary {
  runs: RunResult[];
  /** Mean test score over the runs, see `scoreOf`. */
  accuracy: number;
  /** Sample standard deviation; `null` for a single run. */
  deviation: number | null;
  /** Mean top-5 accuracy on the test set, a share. */
  top5: number;
  /** With several labels: mean area under the ROC curve. NaN otherwise. */
  auc: number;
  /** Means over the runs, at the final strides. */
  complexity: number;
  /** Mean share of equal predictions under random shifts; NaN if no run has measured it. */
  shiftConsistency: number;
  macs: number;
  imagesPerSecond: number;
  /** Images classified in a second; NaN if no run has measured it. */
  inferenceRate: number;
  /** Means over the runs whose learned strides were rounded; `null` if there is none. */
  rounded: RoundedNetwork | null;
}

/** All runs of one pooling. */
export interface ComparisonRow extends RunSummary {
  pooling: string;
}

/** Means and standard deviation over at least one run. */
export function summarise(runs: RunResult[]): RunSummary {
  const { mean: accuracy, deviation } = meanAndDeviation(runs.map(scoreOf));
  return {
    runs,
    accuracy,
    deviation,
    top5: mean(runs.map((run) => run.top5)),
    auc: mean(runs.map((run) => run.auc ?? Number.NaN)),
    shiftConsistency: mean(runs.flatMap(({ shift }) => (shift ? [shift.consistency] : []))),
    complexity: mean(runs.map((run) => run.final.complexity)),
    macs: mean(runs.map((run) => run.final.macs)),
    imagesPerSecond: mean(runs.map((run) => run.imagesPerSecond)),
    inferenceRate: mean(runs.flatMap((run) => run.inferenceRate ?? [])),
    rounded: meanRounded(runs.flatMap((run) => run.rounded ?? [])),
  };
}

/** Groups results by pooling, in the order given; a pooling without a result has no row. */
export function compareRuns(results: RunResult[], poolings: string[]): ComparisonRow[] {
  return poolings.flatMap((pooling) => {
    const runs = results.filter(({ config }) => config.pooling === pooling);
    return runs.length === 0 ? [] : [{ pooling, ...summarise(runs) }];
  });
}

/** Groups results by a key of their configuration, in order of first appearance. */
export function summariseBy<Key>(
  results: RunResult[],
  keyOf: (config: RunResult['config']) => Key,
): { key: Key; summary: RunSummary }[] {
  const groups = new Map<string, { key: Key; runs: RunResult[] }>();
  for (const result of results) {
    const key = keyOf(result.config);
    const name = JSON.stringify(key);
    const group = groups.get(name) ?? { key, runs: [] };
    group.runs.push(result);
    groups.set(name, group);
  }
  return [...groups.values()].map(({ key, runs }) => ({ key, summary: summarise(runs) }));
}

function meanRounded(networks: RoundedNetwork[]): RoundedNetwork | null {
  if (networks.length === 0) return null;
  const known = networks.flatMap(({ statisticsImages }) => statisticsImages ?? []);
  return {
    accuracy: mean(networks.map(({ accuracy }) => accuracy)),
    macs: mean(networks.map(({ macs }) => macs)),
    inferenceRate: mean(networks.map(({ inferenceRate }) => inferenceRate)),
    // Of runs of several versions, this is unknown.
    ...(known.length === networks.length && { statisticsImages: Math.min(...known) }),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
