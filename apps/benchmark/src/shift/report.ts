import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { percent, summaryFields } from '../experiments/summary-fields.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { type ComparisonRow, summariseBy } from '../statistics/comparison.js';
import { fullScoreName } from '../statistics/score.js';
import { formatAccuracy, formatShare } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import { meanError } from './map-equivariance.js';
import { shiftPage } from './page.js';

/** Sensitivity of trained networks to small shifts of their input (Zhang 2019), by pooling. */
export interface ShiftSpec {
  experiment: 'shift';
  poolings: string[];
}

export function shiftReport(
  { poolings }: ShiftSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  // A run that was stopped early has no shift measurement.
  const rankOf = ({ shiftConsistency: share }: { shiftConsistency: number }) =>
    Number.isNaN(share) ? -1 : share;
  const rows = rowsOf(results, poolings).sort((a, b) => rankOf(b) - rankOf(a));
  const largest = Math.max(0, ...results.map(({ shift }) => (shift?.diagonal.length ?? 1) - 1));
  const at = (row: (typeof rows)[number], pixels: number) => {
    const measured = row.runs.flatMap(({ shift }) => (shift ? [shift.diagonal[pixels]!] : []));
    return measured.reduce((sum, value) => sum + value, 0) / measured.length;
  };
  const table = new Table({
    head: [
      'pooling',
      'shift consistency',
      fullScoreName(results[0]!.config),
      `right class, 0 → ${largest} ${wordingOf(results[0]!.config).step}s`,
      'error of the maps at 1 and ½',
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
      `${formatShare(mapError(row, 'whole'))} and ${formatShare(mapError(row, 'half'))}`,
      row.runs.length,
    ]);
  }
  const records = rows.map((row) => ({
    pooling: row.runs[0]!.config.pooling,
    border: row.runs[0]!.config.border ?? 'zero',
    ...summaryFields(row),
    'map error at 1 px': percent(mapError(row, 'whole')),
    'map error at 0.5 px': percent(mapError(row, 'half')),
    ...Object.fromEntries(
      Array.from({ length: largest + 1 }, (_, pixels) => [
        `right class at ${pixels} px`,
        percent(at(row, pixels)),
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

/** The mean error of the maps over the runs that measured it. */
function mapError({ runs }: ComparisonRow, shift: 'whole' | 'half'): number {
  const errors = runs
    .map((run) => meanError(run.shift?.equivariance, shift))
    .filter((error) => !Number.isNaN(error));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** A row for each pooling and border. Its name is `aps`, or `aps, circular`. */
function rowsOf(results: RunResult[], poolings: string[]): ComparisonRow[] {
  const wanted = results.filter(({ config }) => poolings.includes(config.pooling));
  const nameOf = ({ pooling, border }: RunResult['config']) =>
    border === undefined ? pooling : `${pooling}, ${border}`;
  return summariseBy(wanted, nameOf).map(({ key, summary }) => ({ pooling: key, ...summary }));
}
