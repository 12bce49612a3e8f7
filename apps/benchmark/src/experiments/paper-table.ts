import { stringify } from 'csv-stringify/sync';
import type { PaperTableName } from '../paper-table/paper-accuracies.js';
import { paperTable, paperTableRows } from '../paper-table/paper-table.js';
import { paperTableReport } from '../report/paper-table-report.js';
import type { ReportContext } from '../report/report.js';
import type { RunResult } from '../run-result.js';
import type { ExperimentReport } from './experiment.js';
import { summaryFields } from './summary-fields.js';

/** A table of the paper: initial strides × poolings. */
export interface TableSpec {
  experiment: 'table';
  table: PaperTableName;
  /** The order of the rows: initial strides of stages 2 to 4. */
  strides: number[][];
  /** The order of the columns. */
  poolings: string[];
}

export function tableReport(
  spec: TableSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const rows = paperTableRows(results, spec);
  const records = rows.flatMap(({ strides, cells }) =>
    cells.map(({ measured, paper }) => ({
      strides: strides === null ? 'mean' : strides.join(' '),
      pooling: measured.pooling,
      ...summaryFields(measured),
      paper,
    })),
  );
  return {
    text: `${paperTable(rows, spec)}\nTest accuracy; in brackets what the paper prints.`,
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: paperTableReport(rows, spec, context),
    rows: records,
  };
}
