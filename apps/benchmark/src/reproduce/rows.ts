import { runId } from '../config/run-config.js';
import type { RunResult } from '../run/run-result.js';
import { scoreOf } from '../statistics/score.js';
import { formatStrides } from '../text/format.js';
import { runNames } from './run-names.js';
import type { StoredRun } from './stored-result.js';

/** Runs that were stored, and are made again. */
export interface ReproduceSpec {
  experiment: 'reproduce';
  /** The title of the stored result. */
  title: string;
  /** What was stored of each run, by its id. */
  stored: Record<string, StoredRun>;
}

/** A run and its stored numbers. */
export interface ReproducedRow {
  /** The id of the run. */
  run: string;
  /** Its differences from the other rows, in words. */
  name: string;
  pooling: string;
  /** Initial strides of all stages. */
  strides: number[];
  lambda: number;
  seed: number;
  /** Test scores, shares. */
  stored: number;
  remade: number;
  /** Smaller differences are noise, at this number of test images. */
  noise: number;
  verdict: 'equal' | 'within noise' | 'different';
  /** Whether the run had the data of the stored one; `null` if that is not known. */
  sameData: boolean | null;
  /** Final strides, as text. */
  finalStrides: string;
  seconds: { stored: number; remade: number };
}

/**
 * One row for each finished run, in the order of the results. The noise is the 95 % interval of the
 * difference of two independent binomial shares p over n test examples: 1.96·√(2p(1 − p)/n).
 */
export function reproducedRows(results: RunResult[], { stored }: ReproduceSpec): ReproducedRow[] {
  const names = runNames(results.map(({ config }) => config));
  return results.map((result, i) => {
    const { config, images } = result;
    const run = runId(config);
    const before = stored[run]!;
    const remade = scoreOf(result);
    const noise = 1.96 * Math.sqrt((2 * before.score * (1 - before.score)) / images.test);
    const difference = Math.abs(remade - before.score);
    const { dataHash } = result;
    return {
      run,
      name: names[i]!,
      pooling: config.pooling,
      strides: config.strides,
      lambda: config.lambda,
      seed: config.seed,
      stored: before.score,
      remade,
      noise,
      // Less than half of a test example.
      verdict:
        difference < 0.5 / images.test
          ? 'equal'
          : difference <= noise
            ? 'within noise'
            : 'different',
      sameData:
        before.dataHash === undefined || dataHash === undefined
          ? null
          : before.dataHash === dataHash,
      finalStrides: formatStrides(result.final.strides),
      seconds: { stored: before.seconds, remade: result.seconds },
    };
  });
}
