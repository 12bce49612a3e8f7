import { type RunSummary, summariseBy } from '../comparison.js';
import { initialStrides } from '../initial-strides.js';
import type { RunResult } from '../run-result.js';

/** Accuracy against efficiency: learned strides over λ as a curve, fixed ones as points. */
export interface TradeoffSpec {
  experiment: 'tradeoff';
}

/** One point of the plot: runs that differ only in their seed. */
export interface TradeoffPoint {
  pooling: string;
  /** Initial strides of stages 2 to 4, or of every block. */
  strides: number[];
  lambda: number;
  summary: RunSummary;
}

/** Groups results into points, ordered by pooling and then by λ. */
export function tradeoffPoints(results: RunResult[]): TradeoffPoint[] {
  return summariseBy(results, (config) => ({
    pooling: config.pooling,
    strides: initialStrides(config),
    lambda: config.lambda,
  }))
    .map(({ key, summary }): TradeoffPoint => ({ ...key, summary }))
    .sort((a, b) => a.pooling.localeCompare(b.pooling) || a.lambda - b.lambda);
}
