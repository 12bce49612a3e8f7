import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { formatCount, formatShare, formatStrides } from '../format.js';
import { initialStrides } from '../initial-strides.js';
import type { ReportContext } from '../report/report.js';
import { searchPage } from '../report/search-report.js';
import type { RunResult } from '../run-result.js';
import { trainingMacs } from '../training-cost.js';
import type { ExperimentReport } from './experiment.js';

/** Searches over integer strides, at equal compute, beside one run whose strides are learned. */
export interface SearchSpec {
  experiment: 'search';
  /** What learns its strides. */
  learner: string;
  /** What the searches train. */
  candidate: string;
  /** Strides of stages 2 to 4, or of every block, in the order in which each search tries them. */
  searches: { name: string; order: number[][] }[];
}

/** How far a way of choosing strides had come after so much compute. */
export interface SearchPoint {
  method: string;
  /** Multiply-adds of all training so far. */
  macs: number;
  /** Best test accuracy so far, a share. */
  accuracy: number;
}

/** One way of choosing strides, in the end. */
export interface SearchRow {
  method: string;
  runs: number;
  macs: number;
  accuracy: number;
  /** Strides of the best. */
  strides: string;
}

export function searchReport(
  spec: SearchSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const learned = results.filter(({ config }) => config.pooling === spec.learner);
  const rows: SearchRow[] = [];
  const points: SearchPoint[] = [];
  for (const result of learned) {
    const method = `${spec.learner}, one run`;
    let macs = 0;
    result.epochs.forEach(({ evaluation, images }, epoch) => {
      macs += trainingMacs(result.epochMacs[epoch]!, images);
      points.push({ method, macs, accuracy: evaluation?.accuracy ?? 0 });
    });
    const strides = formatStrides(result.final.strides);
    rows.push({ method, runs: 1, macs, accuracy: result.accuracy, strides });
  }
  for (const { name, order } of spec.searches) {
    const method = `${name} search, ${spec.candidate}`;
    const row: SearchRow = { method, runs: 0, macs: 0, accuracy: 0, strides: '' };
    for (const strides of order) {
      const result = results.find(
        ({ config }) =>
          config.pooling === spec.candidate && `${initialStrides(config)}` === `${strides}`,
      );
      // A run that failed or was stopped has no compute to show for it.
      if (!result || result.stopped) continue;
      result.epochs.forEach(({ images }, epoch) => {
        row.macs += trainingMacs(result.epochMacs[epoch]!, images);
      });
      row.runs += 1;
      if (result.accuracy > row.accuracy) {
        row.accuracy = result.accuracy;
        row.strides = strides.join(', ');
      }
      points.push({ method, macs: row.macs, accuracy: row.accuracy });
    }
    if (row.runs > 0) rows.push(row);
  }
  const table = new Table({
    head: [
      'strides chosen by',
      'runs',
      'multiply-adds of training',
      'best test accuracy',
      'its strides',
    ],
    style: { head: [], border: [] },
  });
  for (const { method, runs, macs, accuracy, strides } of rows) {
    table.push([method, runs, formatCount(macs), formatShare(accuracy), strides]);
  }
  // In percent, as every table has them for programs.
  const records = rows.map((row) => ({
    ...row,
    accuracy: Number((100 * row.accuracy).toFixed(2)),
  }));
  return {
    text: table.toString(),
    csv: stringify(records, { header: true }),
    html: searchPage({ rows, points }, results, context),
    rows: records,
  };
}
