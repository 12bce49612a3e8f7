import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { summaryFields } from '../experiments/summary-fields.js';
import { formatAccuracy, formatCount, formatStrideChange } from '../format.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run-result.js';
import { scoreName } from '../score.js';
import { wordingOf } from '../wording.js';
import { tradeoffPage } from './page.js';
import { type TradeoffSpec, tradeoffPoints } from './points.js';

export function tradeoffReport(
  _: TradeoffSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const points = tradeoffPoints(results);
  const table = new Table({
    head: [
      'pooling',
      'λ',
      `test ${scoreName(results[0]!.config)}`,
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
