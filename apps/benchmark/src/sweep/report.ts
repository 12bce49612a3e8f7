import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { summaryFields } from '../experiments/summary-fields.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { fullScoreName } from '../statistics/score.js';
import { formatAccuracy, formatCount, formatShare } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import { gridPage } from './page.js';
import { type GridSpec, gridRows } from './rows.js';

export function gridReport(
  spec: GridSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const { name, axes } = spec;
  const rows = gridRows(results, spec);
  const table = new Table({
    head: [
      ...axes,
      fullScoreName(results[0]!.config),
      'runs',
      'shift consistency',
      'J',
      `MACs/${wordingOf(results[0]!.config).thing}`,
    ],
    style: { head: [], border: [] },
  });
  for (const { values, summary } of rows) {
    table.push([
      ...values,
      formatAccuracy(summary),
      summary.runs.length,
      formatShare(summary.shiftConsistency),
      summary.complexity.toFixed(2),
      formatCount(summary.macs),
    ]);
  }
  const records = rows.map(({ values, summary }) => ({
    ...Object.fromEntries(axes.map((axis, i) => [axis, values[i]!])),
    ...summaryFields(summary),
  }));
  return {
    text: table.toString(),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: gridPage(name, axes, rows, context),
    rows: records,
  };
}
