import { initialStrides } from '../network/initial-strides.js';
import type { RunResult } from '../run/run-result.js';
import { type RunSummary, summariseBy } from '../statistics/comparison.js';

/** Accuracy against efficiency: learned strides over λ as a curve, fixed ones as points. */
export interface TradeoffSpec {
  experiment: 'tradeoff';
}

/** One point of the plots: runs that differ only in their seed. */
export interface TradeoffPoint {
  pooling: string;
  /** Initial strides, as tables name them. */
  strides: number[];
  lambda: number;
  /** Whether the learned strides were rounded to integers after the training. */
  isRounded: boolean;
  /** Mean test score, see `scoreOf`. */
  accuracy: number;
  /** Sample standard deviation of the score; `null` for a single run or a rounded network. */
  deviation: number | null;
  /** Multiply-adds for one image. */
  macs: number;
  /** Milliseconds to train on one image, and to classify one, in batches; NaN if not measured. */
  training: number;
  inference: number;
  summary: RunSummary;
}

/**
 * Groups results into points, ordered by pooling and then by λ. After each network with learned
 * strides comes the same network with rounded ones, where this was measured.
 */
export function tradeoffPoints(results: RunResult[]): TradeoffPoint[] {
  return summariseBy(results, (config) => ({
    pooling: config.pooling,
    strides: initialStrides(config),
    lambda: config.lambda,
  }))
    .toSorted(({ key: a }, { key: b }) => a.pooling.localeCompare(b.pooling) || a.lambda - b.lambda)
    .flatMap(({ key, summary }): TradeoffPoint[] => {
      const { accuracy, deviation, macs, rounded } = summary;
      const training = 1000 / summary.imagesPerSecond;
      const shared = { ...key, training, summary };
      return [
        {
          ...shared,
          isRounded: false,
          accuracy,
          deviation,
          macs,
          inference: 1000 / summary.inferenceRate,
        },
        ...(rounded
          ? [
              {
                ...shared,
                isRounded: true,
                accuracy: rounded.accuracy,
                deviation: null,
                macs: rounded.macs,
                inference: 1000 / rounded.inferenceRate,
              },
            ]
          : []),
      ];
    });
}
