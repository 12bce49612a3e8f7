import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { type RunSummary, summariseBy } from '../comparison.js';
import { formatAccuracy, formatCount, formatShare } from '../format.js';
import { gridPage } from '../report/grid-report.js';
import type { ReportContext } from '../report/report.js';
import type { RunConfig } from '../run-config.js';
import type { RunResult } from '../run-result.js';
import { wordingOf } from '../wording.js';
import type { ExperimentReport } from './experiment.js';
import { summaryFields } from './summary-fields.js';

/** A grid over fields of the configuration, as a sweep's file gives it; runs that differ in their seed only are a row. */
export interface GridSpec {
  experiment: 'grid';
  name: string;
  /** The fields that vary, the seed aside. */
  axes: (keyof RunConfig)[];
}

/** One point of the grid. */
export interface GridRow {
  /** A value for each axis, as it is shown. */
  values: string[];
  summary: RunSummary;
}

export function gridReport(
  { name, axes }: GridSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const rows: GridRow[] = summariseBy(results, (config) =>
    axes.map((axis) => shown(config[axis])),
  ).map(({ key, summary }) => ({ values: key, summary }));
  const table = new Table({
    head: [
      ...axes,
      'test accuracy',
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

function shown(value: RunConfig[keyof RunConfig]): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
