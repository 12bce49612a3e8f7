import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DataFolders, prepareData } from '../data-folders.js';
import { jsonLines, progressDisplay } from '../progress.js';
import { embeddedQueue } from '../queue/embedded-queue.js';
import { redisQueue } from '../queue/redis-queue.js';
import type { Experiment } from '../queue/run-queue.js';
import type { RunResult } from '../run-result.js';
import { shortageOf } from '../shortage.js';
import { visibleText } from '../visible-text.js';
import { writeReport } from './write-report.js';

/** How a command executes its runs. */
export interface ExecutionOptions {
  /** Where the runs' folders and the report go. */
  outputFolder: string;
  data: DataFolders;
  jobs?: number;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Counts what is finished in the output folder, and goes on with what was interrupted. */
  resume: boolean;
  /** Tries of each run in this process. */
  attempts: number;
  /** A Redis whose workers execute the runs, in place of this process. */
  queue?: string;
  /** Progress and table as JSON lines on the standard output. */
  json: boolean;
  /** Where people look. */
  output: NodeJS.WriteStream;
}

/**
 * Executes an experiment's runs with their progress, until they are done or Ctrl-C comes, prints its table, and writes its
 * report.
 */
export async function runExperiment(
  experiment: Experiment,
  options: ExecutionOptions,
): Promise<{ stopped: boolean; failed: number }> {
  const { output, queue, json, data } = options;
  const { configs } = experiment;
  if (!queue) {
    const datasets = configs.map(({ dataset }) => dataset);
    await prepareData(datasets, data, (message) => output.write(`${visibleText(message)}\n`));
  }
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    output.write('\nStopping after the steps in progress; press Ctrl-C again to leave at once.\n');
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const display = json ? jsonLines(configs, process.stdout) : progressDisplay(configs, output);
  const noted = new Set<string>();
  const noteShortage = (result: RunResult) => {
    const shortage = shortageOf(result);
    if (shortage === null || noted.has(shortage)) return;
    noted.add(shortage);
    display.note(shortage);
  };
  try {
    const runs = queue ? redisQueue(queue) : embeddedQueue(options);
    const { outcomes, report, stopped } = await runs.execute(
      experiment,
      {
        onProgress: (run, progress) => display.update(run, progress),
        onFinished: (run, result) => {
          noteShortage(result);
          display.finish(run, result);
        },
        onFailed: (run, message) => display.fail(run, message),
        onNote: (message) => display.note(message),
      },
      controller.signal,
    );
    display.close();
    const failures = outcomes.flatMap((outcome) =>
      outcome && 'failed' in outcome ? [outcome.failed] : [],
    );
    if (report) {
      const results = outcomes.flatMap((outcome) =>
        outcome && 'result' in outcome ? [outcome.result] : [],
      );
      // First what cannot fail: a full disk takes nothing from the terminal.
      if (!json) output.write(`\n${visibleText(report.text)}\n`);
      const file = await writeReport(report, results, options.outputFolder);
      if (json) {
        process.stdout.write(
          `${visibleText(JSON.stringify({ event: 'report', rows: report.rows, report: file }))}\n`,
        );
      } else {
        output.write(`Report: ${pathToFileURL(path.resolve(file))}\n`);
      }
    } else if (!queue || !stopped) {
      output.write('No run has begun or ended well: nothing to report.\n');
    }
    if (failures.length > 0) {
      output.write(
        `${failures.length} of ${configs.length} runs failed: ${visibleText([...new Set(failures)].join('; '))}\n`,
      );
    }
    if (stopped && report) {
      output.write(
        'It was stopped: the numbers are those at that moment. The same command with --resume goes on.\n',
      );
    }
    return { stopped, failed: failures.length };
  } finally {
    display.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
