import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { fullScoreName } from '../statistics/score.js';
import { formatCount, formatShare } from '../text/format.js';
import { searchPage } from './page.js';
import { type SearchSpec, searchOutcome } from './rows.js';

export function searchReport(
  spec: SearchSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const outcome = searchOutcome(spec, results);
  const { rows } = outcome;
  const table = new Table({
    head: [
      'strides chosen by',
      'runs',
      'multiply-adds of training',
      `best ${fullScoreName(results[0]!.config)}`,
      'its strides',
    ],
    style: { head: [], border: [] },
  });
  for (const { method, runs, macs, accuracy, strides } of rows) {
    table.push([method, runs, formatCount(macs), formatShare(accuracy), strides]);
  }
  // Accuracies are in percent, as in every CSV and JSON table.
  const records = rows.map((row) => ({
    ...row,
    accuracy: Number((100 * row.accuracy).toFixed(2)),
  }));
  return {
    text: table.toString(),
    csv: stringify(records, { header: true }),
    html: searchPage(outcome, results, context),
    rows: records,
  };
}
