import path from 'node:path';
import { loadCifar10 } from '@ds/data';
import { progressDisplay } from './progress.js';
import { type RunConfig, runId } from './run-config.js';
import { runAll } from './run-pool.js';
import type { RunResult } from './run-result.js';

/** How a command executes its runs. */
export interface ExecuteOptions {
  /** Where the runs' checkpoints go. */
  outputFolder: string;
  dataFolder?: string;
  jobs?: number;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Goes on with the runs in the output folder where they were interrupted. */
  resume: boolean;
  output: NodeJS.WriteStream;
}

/** Executes runs side by side with their progress, until they are done or Ctrl-C comes: what there is, and which. */
export async function executeAll(
  configs: RunConfig[],
  { output, outputFolder, dataFolder, jobs, checkpointEvery, resume }: ExecuteOptions,
): Promise<{ results: RunResult[]; stopped: boolean }> {
  // Fetched here once, and not by several workers at a time.
  await loadCifar10({
    folder: dataFolder,
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
  try {
    const all = await runAll(configs, {
      jobs,
      dataFolder,
      checkpoints: (config) => ({
        folder: path.join(outputFolder, 'runs', runId(config), 'checkpoints'),
        every: checkpointEvery,
        resume,
      }),
      signal: controller.signal,
      onProgress: (run, progress) => display.update(run, progress),
      onFinished: (run, result) => display.finish(run, result),
    });
    const results = all.filter((result) => result !== null);
    return { results, stopped: controller.signal.aborted };
  } finally {
    display.close();
    process.off('SIGINT', interrupt);
  }
}
