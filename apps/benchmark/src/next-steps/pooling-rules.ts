import type { RunResult } from '../run/run-result.js';
import type { ComparisonRow } from '../statistics/comparison.js';
import { pairedDifferences } from '../statistics/paired-differences.js';
import { wordingOf } from '../text/wording.js';
import type { NextStep } from './next-step.js';
import { errorOfShare, STANDARD_ERRORS } from './standard-error.js';

/** Learned strides that move by less than this count as not moved. */
const LEAST_MOVE = 0.05;

/** The best two poolings differ by no more than noise. */
export function withinNoise(rows: ComparisonRow[]): NextStep | null {
  const [first, second] = rows.toSorted((a, b) => b.accuracy - a.accuracy);
  if (!first || !second) return null;
  const { difference, uncertainty, source } = ofPairs(first, second) ?? ofRows(first, second);
  if (difference > uncertainty) return null;
  const seeds = Math.min(first.runs.length, second.runs.length);
  return {
    seen:
      `The best two poolings, ${first.pooling} and ${second.pooling}, differ by ` +
      `${points(difference)}, and ${source} are uncertain by about ${points(uncertainty)}.`,
    advice:
      'Do not rank these two by this result. ' +
      `Train more seeds (--seeds ${Math.max(3, 2 * seeds)}), or take the cheaper one.`,
  };
}

/** The difference of two rows, and the largest difference that may be chance, as shares. */
interface Distance {
  difference: number;
  uncertainty: number;
  /** What is so uncertain. */
  source: string;
}

/** By pairs of runs, as the report says it of each pooling; `null` without two pairs. */
function ofPairs(first: ComparisonRow, second: ComparisonRow): Distance | null {
  const runs = [...first.runs, ...second.runs];
  const [paired] = pairedDifferences(runs, [second.pooling, first.pooling]);
  if (!paired || paired.halfWidth === null) return null;
  const { mean, halfWidth, pairs } = paired;
  return {
    difference: Math.abs(mean),
    uncertainty: halfWidth,
    source: `${pairs} pairs of runs`,
  };
}

function ofRows(first: ComparisonRow, second: ComparisonRow): Distance {
  const seeds = Math.min(first.runs.length, second.runs.length);
  const { config, images } = first.runs[0]!;
  return {
    difference: first.accuracy - second.accuracy,
    uncertainty: STANDARD_ERRORS * Math.hypot(errorOfRow(first), errorOfRow(second)),
    source: seeds > 1 ? `${seeds} seeds` : `tests on ${images.test} ${wordingOf(config).things}`,
  };
}

/** The standard error of a row: over its seeds, or of the test of one run. */
function errorOfRow({ runs, accuracy, deviation }: ComparisonRow): number {
  const ofTest = errorOfShare(accuracy, runs[0]!.images.test);
  return deviation === null ? ofTest : deviation / Math.sqrt(runs.length);
}

function points(difference: number): string {
  return `${(100 * difference).toFixed(1)} percentage points`;
}

/** Learned strides that hardly moved. Strides that do not learn keep every digit. */
export function stridesThatStayed(runs: RunResult[]): NextStep | null {
  const learning = runs
    .map((run) => ({ run, move: largestMove(run) }))
    .filter(({ move }) => move > 0)
    .toSorted((a, b) => b.move - a.move);
  const farthest = learning[0];
  if (!farthest || farthest.move >= LEAST_MOVE) return null;
  const { config, epochs } = farthest.run;
  return {
    seen: `The learned strides of ${config.pooling} moved by at most ${farthest.move.toFixed(3)}.`,
    advice:
      `Train longer (--epochs ${Math.max(10, 3 * epochs.length)}), or raise ` +
      `strideLearningRateScale above ${config.strideLearningRateScale} in the file of --config.`,
  };
}

/** The largest change of a stride between the start and the end of a run. */
function largestMove({ initial, final }: RunResult): number {
  const moves = Object.entries(initial.strides).flatMap(([layer, pair]) =>
    pair.map((stride, axis) => Math.abs(stride - (final.strides[layer]?.[axis] ?? stride))),
  );
  return Math.max(0, ...moves);
}
