import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { percent } from '../experiments/summary-fields.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { cellsOf, HEAD, sentence } from './cells.js';
import { reproducePage } from './page.js';
import { type ReproduceSpec, reproducedRows } from './rows.js';

export function reproduceReport(
  spec: ReproduceSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const rows = reproducedRows(results, spec);
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const row of rows) table.push(cellsOf(row));
  const records = rows.map(({ stored, remade, noise, seconds, strides, ...row }) => ({
    ...row,
    strides: strides.join(' '),
    stored: percent(stored),
    remade: percent(remade),
    noise: percent(noise),
    storedSeconds: Math.round(seconds.stored),
    seconds: Math.round(seconds.remade),
  }));
  return {
    text: `${table}\n${sentence(rows)}`,
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: reproducePage(spec.title, rows, results, context),
    rows: records,
  };
}
