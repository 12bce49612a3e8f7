import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { summaryFields } from '../experiments/summary-fields.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { differenceSentence, pairedDifferences } from '../statistics/paired-differences.js';
import { fullScoreName } from '../statistics/score.js';
import { capitalised } from '../text/capitalised.js';
import { paperTableReport } from './page.js';
import { paperTable, paperTableRows, type TableSpec } from './paper-table.js';

export function tableReport(
  spec: TableSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const rows = paperTableRows(results, spec);
  const differences = pairedDifferences(results, spec.poolings);
  const records = rows.flatMap(({ strides, cells }) =>
    cells.map(({ measured, paper }) => ({
      strides: strides === null ? 'mean' : strides.join(' '),
      pooling: measured.pooling,
      ...summaryFields(measured),
      paper,
    })),
  );
  return {
    text: [
      paperTable(rows, spec),
      `${capitalised(fullScoreName(results[0]!.config))}; in brackets what the paper prints.`,
      ...differences.map(differenceSentence),
    ].join('\n'),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: paperTableReport(rows, spec, context),
    rows: records,
  };
}
