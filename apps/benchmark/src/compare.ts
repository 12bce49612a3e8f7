import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCifar10 } from '@ds/data';
import { compareRuns } from './comparison.js';
import { progressDisplay } from './progress.js';
import { comparisonReport, type ReportContext } from './report/report.js';
import { type RunConfig, runId } from './run-config.js';
import { runAll } from './run-pool.js';
import type { RunResult } from './run-result.js';
import { comparisonTable } from './table.js';

/** Options of {@link compare}. */
export interface CompareOptions {
  context: ReportContext;
  /** The order of the table's rows. */
  poolings: string[];
  /** Where results and report go. */
  outputFolder: string;
  dataFolder?: string;
  jobs?: number;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Goes on with the runs in the output folder where they were interrupted. */
  resume: boolean;
  output: NodeJS.WriteStream;
}

/** Executes runs side by side, prints their table and writes their report; tells if it was stopped. */
export async function compare(
  configs: RunConfig[],
  options: CompareOptions,
): Promise<{ stopped: boolean }> {
  const { output, outputFolder, context } = options;
  // Fetched here once, and not by several workers at a time.
  await loadCifar10({
    folder: options.dataFolder,
    onProgress: (message) => output.write(`CIFAR-10: ${message}\n`),
  });
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    output.write('\nStopping after the steps in progress; press Ctrl-C again to leave at once.\n');
  };
  process.on('SIGINT', interrupt);
  const display = progressDisplay(configs, output);
  let results: RunResult[];
  try {
    const all = await runAll(configs, {
      jobs: options.jobs,
      dataFolder: options.dataFolder,
      checkpoints: (config) => ({
        folder: path.join(outputFolder, 'runs', runId(config), 'checkpoints'),
        every: options.checkpointEvery,
        resume: options.resume,
      }),
      signal: controller.signal,
      onProgress: (run, progress) => display.update(run, progress),
      onFinished: (run, result) => display.finish(run, result),
    });
    results = all.filter((result) => result !== null);
  } finally {
    display.close();
    process.off('SIGINT', interrupt);
  }
  const { aborted } = controller.signal;
  if (results.length === 0) {
    output.write('Stopped before any run had begun: nothing to report.\n');
    return { stopped: aborted };
  }
  const rows = compareRuns(results, options.poolings);
  output.write(`\n${comparisonTable(rows)}\n`);
  await mkdir(outputFolder, { recursive: true });
  const reportFile = path.join(outputFolder, 'report.html');
  await writeFile(path.join(outputFolder, 'results.json'), JSON.stringify(results, null, 1));
  await writeFile(reportFile, comparisonReport(rows, context));
  output.write(`Report: ${pathToFileURL(path.resolve(reportFile))}\n`);
  if (aborted) {
    output.write(
      'It was stopped: the numbers are those at that moment. The same command with --resume goes on.\n',
    );
  }
  return { stopped: aborted };
}
