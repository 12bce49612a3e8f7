import jstat from 'jstat';
import { initialStrides } from '../network/initial-strides.js';
import type { RunResult } from '../run/run-result.js';
import { meanAndDeviation } from './mean-and-deviation.js';
import { scoreOf } from './score.js';

/** How much better a pooling is than another, over runs that share everything else. */
export interface PairedDifference {
  pooling: string;
  /** The pooling from which it differs. */
  against: string;
  /** Number of pairs: runs of both poolings with equal initial strides, λ, seed and sounds. */
  pairs: number;
  /** Mean difference of the test scores, a share. */
  mean: number;
  /** Half of the 95 % interval of the mean; `null` for one pair. */
  halfWidth: number | null;
}

/**
 * The differences between each pooling and the first one. With n pairs of differences d,
 *
 *     mean(d) ± t₀.₉₇₅,ₙ₋₁ · sd(d) / √n
 *
 * is the 95 % interval of Student's t for paired samples. It takes the pairs as independent. A
 * pooling without a pair has no difference.
 */
export function pairedDifferences(results: RunResult[], poolings: string[]): PairedDifference[] {
  const [against, ...others] = poolings;
  return others.flatMap((pooling) => {
    const differences = results.flatMap((result) => {
      if (result.config.pooling !== pooling) return [];
      const partner = results.find(
        (other) => other.config.pooling === against && keyOf(other) === keyOf(result),
      );
      return partner ? [scoreOf(result) - scoreOf(partner)] : [];
    });
    const pairs = differences.length;
    if (pairs === 0) return [];
    const { mean, deviation } = meanAndDeviation(differences);
    const halfWidth =
      deviation === null
        ? null
        : (jstat.studentt.inv(0.975, pairs - 1) * deviation) / Math.sqrt(pairs);
    return [{ pooling, against: against!, pairs, mean, halfWidth }];
  });
}

/** What both runs of a pair share. */
function keyOf({ config }: RunResult): string {
  return JSON.stringify([initialStrides(config), config.lambda, config.seed, config.sounds]);
}

/**
 * A sentence for each difference: `spectral − conv: +5.1 ± 1.2 points over 12 pairs of runs`, and
 * whether it may be chance.
 */
export function differenceSentence({
  pooling,
  against,
  pairs,
  mean,
  halfWidth,
}: PairedDifference): string {
  const sign = mean < 0 ? '−' : '+';
  const points = `${sign}${Math.abs(100 * mean).toFixed(1)}`;
  if (halfWidth === null) {
    return `${pooling} − ${against}: ${points} points, of one pair of runs: no interval.`;
  }
  const isClear = Math.abs(mean) > halfWidth;
  return (
    `${pooling} − ${against}: ${points} ± ${(100 * halfWidth).toFixed(1)} points over ${pairs} ` +
    `pairs of runs, ${isClear ? 'more than chance explains (95 %)' : 'which may be chance'}.`
  );
}
