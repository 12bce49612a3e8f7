import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { compareRuns } from '../comparison.js';
import { formatAccuracy, formatShare } from '../format.js';
import type { ReportContext } from '../report/report.js';
import { shiftPage } from '../report/shift-report.js';
import type { RunResult } from '../run-result.js';
import { wordingOf } from '../wording.js';
import type { ExperimentReport } from './experiment.js';
import { summaryFields } from './summary-fields.js';

/** How trained networks take small shifts of their input (Zhang 2019), for each pooling. */
export interface ShiftSpec {
  experiment: 'shift';
  poolings: string[];
}

export function shiftReport(
  { poolings }: ShiftSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const rows = compareRuns(results, poolings).sort(
    (a, b) => b.shiftConsistency - a.shiftConsistency,
  );
  const largest = results[0]!.shift.diagonal.length - 1;
  const at = (row: (typeof rows)[number], pixels: number) =>
    row.runs.reduce((sum, { shift }) => sum + shift.diagonal[pixels]!, 0) / row.runs.length;
  const table = new Table({
    head: [
      'pooling',
      'shift consistency',
      'test accuracy',
      `right class, 0 → ${largest} ${wordingOf(results[0]!.config).step}s`,
      'runs',
    ],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push([
      row.pooling,
      formatShare(row.shiftConsistency),
      formatAccuracy(row),
      `${formatShare(at(row, 0))} → ${formatShare(at(row, largest))}`,
      row.runs.length,
    ]);
  }
  const records = rows.map((row) => ({
    pooling: row.pooling,
    ...summaryFields(row),
    ...Object.fromEntries(
      Array.from({ length: largest + 1 }, (_, pixels) => [
        `right class at ${pixels} px`,
        Number((100 * at(row, pixels)).toFixed(2)),
      ]),
    ),
  }));
  return {
    text: table.toString(),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: shiftPage(rows, context),
    rows: records,
  };
}
