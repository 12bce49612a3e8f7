import { stringify } from 'csv-stringify/sync';
import { classText } from '../class-test/class-text.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { summaryFields } from '../experiments/summary-fields.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { compareRuns } from '../statistics/comparison.js';
import { differenceSentence, pairedDifferences } from '../statistics/paired-differences.js';
import { comparisonReport } from './page.js';
import { comparisonTable } from './table.js';

/** Options of a comparison of poolings in the same network. */
export interface CompareSpec {
  experiment: 'compare';
  /** The order of the rows. */
  poolings: string[];
}

export function compareReport(
  { poolings }: CompareSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const rows = compareRuns(results, poolings);
  const differences = pairedDifferences(results, poolings).map(differenceSentence);
  // The report has the classes of every pooling.
  const bestRow = rows.reduce((one, other) => (other.accuracy > one.accuracy ? other : one));
  const records = rows.map((row) => ({ pooling: row.pooling, ...summaryFields(row) }));
  const underTable = [comparisonTable(rows), ...differences].join('\n');
  return {
    text: [underTable, classText(bestRow.runs)].filter(Boolean).join('\n\n'),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: comparisonReport(rows, context),
    rows: records,
  };
}
