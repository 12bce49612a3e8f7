import { stringify } from 'csv-stringify/sync';
import { compareRuns } from '../comparison.js';
import { comparisonReport, type ReportContext } from '../report/report.js';
import type { RunResult } from '../run-result.js';
import { comparisonTable } from '../table.js';
import type { ExperimentReport } from './experiment.js';
import { summaryFields } from './summary-fields.js';

/** The same network with several poolings side by side. */
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
  const records = rows.map((row) => ({ pooling: row.pooling, ...summaryFields(row) }));
  return {
    text: comparisonTable(rows),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: comparisonReport(rows, context),
    rows: records,
  };
}
