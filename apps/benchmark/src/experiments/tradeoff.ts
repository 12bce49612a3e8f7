import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { type RunSummary, summariseBy } from '../comparison.js';
import { formatAccuracy, formatCount, formatStrideChange } from '../format.js';
import { initialStrides } from '../initial-strides.js';
import type { ReportContext } from '../report/report.js';
import { tradeoffPage } from '../report/tradeoff-report.js';
import type { RunResult } from '../run-result.js';
import { wordingOf } from '../wording.js';
import type { ExperimentReport } from './experiment.js';
import { summaryFields } from './summary-fields.js';

/** Accuracy against efficiency: learned strides over λ as a curve, fixed ones as points. */
export interface TradeoffSpec {
  experiment: 'tradeoff';
}

/** One point of the plane: runs that differ in their seed only. */
export interface TradeoffPoint {
  pooling: string;
  /** Initial strides of stages 2 to 4, or of every block. */
  strides: number[];
  lambda: number;
  summary: RunSummary;
}

export function tradeoffReport(
  _: TradeoffSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const points = summariseBy(results, (config) => ({
    pooling: config.pooling,
    strides: initialStrides(config),
    lambda: config.lambda,
  }))
    .map(({ key, summary }): TradeoffPoint => ({ ...key, summary }))
    .sort((a, b) => a.pooling.localeCompare(b.pooling) || a.lambda - b.lambda);
  const table = new Table({
    head: [
      'pooling',
      'λ',
      'test accuracy',
      'J',
      `MACs/${wordingOf(results[0]!.config).thing}`,
      'initial → final strides',
    ],
    style: { head: [], border: [] },
  });
  for (const { pooling, lambda, summary } of points) {
    table.push([
      pooling,
      lambda,
      formatAccuracy(summary),
      summary.complexity.toFixed(2),
      formatCount(summary.macs),
      summary.runs.map(formatStrideChange).join('\n'),
    ]);
  }
  const records = points.map(({ pooling, strides, lambda, summary }) => ({
    pooling,
    strides: strides.join(' '),
    lambda,
    ...summaryFields(summary),
  }));
  return {
    text: table.toString(),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: tradeoffPage(points, context),
    rows: records,
  };
}
