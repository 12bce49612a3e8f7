import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { summaryFields } from '../experiments/summary-fields.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { fullScoreName } from '../statistics/score.js';
import { capitalised } from '../text/capitalised.js';
import { formatAccuracy } from '../text/format.js';
import { taskDifferences } from './differences.js';
import { audioTablePage } from './page.js';
import { type AudioTableSpec, audioRows, rowLabel } from './rows.js';

export function audioTableReport(
  spec: AudioTableSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const rows = audioRows(results, spec);
  const table = new Table({ head: ['task', ...spec.poolings], style: { head: [], border: [] } });
  for (const row of rows) {
    const cellOf = (pooling: string) => row.cells.find((cell) => cell.pooling === pooling);
    table.push([
      rowLabel(row),
      ...spec.poolings.map((pooling) => {
        const cell = cellOf(pooling);
        return cell ? formatAccuracy(cell.measured) : '';
      }),
    ]);
  }
  const records = rows.flatMap(({ task, group, tested, cells }) =>
    cells.map(({ pooling, measured }) => ({
      task: task ?? 'mean',
      learned: group.join(' '),
      ...(spec.testEach && { tested: tested ?? 'all' }),
      pooling,
      ...summaryFields(measured),
    })),
  );
  return {
    text: [
      `${table}`,
      `${capitalised(fullScoreName(results[0]!.config))}.`,
      ...taskDifferences(results, spec),
    ].join('\n'),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: audioTablePage(rows, spec, context),
    rows: records,
  };
}
