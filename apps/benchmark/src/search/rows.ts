import { initialStrides } from '../network/initial-strides.js';
import { trainingMacs } from '../network/training-cost.js';
import type { RunResult } from '../run/run-result.js';
import { scoreOf } from '../statistics/score.js';
import { formatStrides } from '../text/format.js';

/** Options of a comparison at equal compute: searches over integer strides, and learned strides. */
export interface SearchSpec {
  experiment: 'search';
  /** The pooling with learned strides. */
  learner: string;
  /** The pooling that the searches train. */
  candidate: string;
  /** Strides of stages 2 to 4, or of every block, in the order of each search. */
  searches: { name: string; order: number[][] }[];
}

/** The best accuracy of a method after a given amount of compute. */
export interface SearchPoint {
  method: string;
  /** Multiply-adds of all training so far. */
  macs: number;
  /** Best test score so far, see `scoreOf`. */
  accuracy: number;
}

/** The final result of one method to choose strides. */
export interface SearchRow {
  method: string;
  runs: number;
  macs: number;
  accuracy: number;
  /** Strides of the best run. */
  strides: string;
}

/** The rows of the table and the points of the curve. */
export interface SearchOutcome {
  rows: SearchRow[];
  points: SearchPoint[];
}

/** The results of each method, from the finished runs. */
export function searchOutcome(spec: SearchSpec, results: RunResult[]): SearchOutcome {
  const learned = results.filter(({ config }) => config.pooling === spec.learner);
  const rows: SearchRow[] = [];
  const points: SearchPoint[] = [];
  for (const result of learned) {
    const method = `${spec.learner}, one run`;
    let macs = 0;
    result.epochs.forEach(({ evaluation, images }, epoch) => {
      macs += trainingMacs(result.epochMacs[epoch]!, images);
      points.push({ method, macs, accuracy: evaluation ? scoreOf(evaluation) : 0 });
    });
    const strides = formatStrides(result.final.strides);
    rows.push({ method, runs: 1, macs, accuracy: scoreOf(result), strides });
  }
  for (const { name, order } of spec.searches) {
    const method = `${name} search, ${spec.candidate}`;
    const row: SearchRow = { method, runs: 0, macs: 0, accuracy: 0, strides: '' };
    for (const strides of order) {
      const result = results.find(
        ({ config }) =>
          config.pooling === spec.candidate && `${initialStrides(config)}` === `${strides}`,
      );
      // A run that failed or was stopped has no measured compute.
      if (!result || result.stopped) continue;
      result.epochs.forEach(({ images }, epoch) => {
        row.macs += trainingMacs(result.epochMacs[epoch]!, images);
      });
      row.runs += 1;
      if (row.runs === 1 || scoreOf(result) > row.accuracy) {
        row.accuracy = scoreOf(result);
        row.strides = strides.join(', ');
      }
      points.push({ method, macs: row.macs, accuracy: row.accuracy });
    }
    if (row.runs > 0) rows.push(row);
  }
  return { rows, points };
}
