import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compareRuns } from './comparison.js';
import { type ExecuteOptions, executeAll } from './execute-all.js';
import { comparisonReport, type ReportContext } from './report/report.js';
import type { RunConfig } from './run-config.js';
import { comparisonTable } from './table.js';

/** Options of {@link compare}. */
export interface CompareOptions extends ExecuteOptions {
  context: ReportContext;
  /** The order of the table's rows. */
  poolings: string[];
}

/** Executes runs side by side, prints their table and writes their report; tells if it was stopped. */
export async function compare(
  configs: RunConfig[],
  options: CompareOptions,
): Promise<{ stopped: boolean }> {
  const { output, outputFolder, context } = options;
  const { results, stopped } = await executeAll(configs, options);
  if (results.length === 0) {
    output.write('Stopped before any run had begun: nothing to report.\n');
    return { stopped };
  }
  const rows = compareRuns(results, options.poolings);
  output.write(`\n${comparisonTable(rows)}\n`);
  await mkdir(outputFolder, { recursive: true });
  const reportFile = path.join(outputFolder, 'report.html');
  await writeFile(path.join(outputFolder, 'results.json'), JSON.stringify(results, null, 1));
  await writeFile(reportFile, comparisonReport(rows, context));
  output.write(`Report: ${pathToFileURL(path.resolve(reportFile))}\n`);
  if (stopped) {
    output.write(
      'It was stopped: the numbers are those at that moment. The same command with --resume goes on.\n',
    );
  }
  return { stopped };
}
