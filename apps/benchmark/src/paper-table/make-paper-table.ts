import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ExecuteOptions, executeAll } from '../execute-all.js';
import { paperTableReport } from '../report/paper-table-report.js';
import type { ReportContext } from '../report/report.js';
import type { RunConfig } from '../run-config.js';
import { paperTable, paperTableCsv, paperTableRows } from './paper-table.js';

/** Options of {@link makePaperTable}. */
export interface PaperTableOptions extends ExecuteOptions {
  context: ReportContext;
  /** The order of the rows: initial strides of stages 2 to 4. */
  strides: number[][];
  /** The order of the columns. */
  poolings: string[];
}

/** Executes the runs of a table of the paper, prints it, and writes report, CSV and results. */
export async function makePaperTable(
  configs: RunConfig[],
  options: PaperTableOptions,
): Promise<{ stopped: boolean }> {
  const { output, outputFolder, strides, poolings, context } = options;
  const { results, stopped } = await executeAll(configs, options);
  const rows = paperTableRows(results, strides, poolings);
  if (rows.length === 0) {
    output.write('Stopped before any run had begun: nothing to report.\n');
    return { stopped };
  }
  output.write(`\n${paperTable(rows, poolings)}\n`);
  output.write('Test accuracy; in brackets what the paper prints.\n');
  await mkdir(outputFolder, { recursive: true });
  const reportFile = path.join(outputFolder, 'report.html');
  await writeFile(path.join(outputFolder, 'results.json'), JSON.stringify(results, null, 1));
  await writeFile(path.join(outputFolder, 'table.csv'), paperTableCsv(rows));
  await writeFile(reportFile, paperTableReport(rows, poolings, context));
  output.write(`Report: ${pathToFileURL(path.resolve(reportFile))}\n`);
  return { stopped };
}
