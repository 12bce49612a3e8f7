import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DataFolders, prepareData } from '../data/data-folders.js';
import { shortageOf } from '../data/shortage.js';
import { interruption } from '../process/interruption.js';
import { maskedText } from '../queue/masked-address.js';
import type { Experiment, RunQueue } from '../queue/run-queue.js';
import { requireChoice } from '../run-folder/held-runs.js';
import { claimOutput } from '../run-folder/output-folder.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';
import { jsonLines, progressDisplay } from './progress.js';
import { writeReport } from './write-report.js';

/** How a command executes its runs. */
export interface ExecutionOptions {
  /** The folder of the report and of the runs' folders. */
  outputFolder: string;
  data: DataFolders;
  jobs?: number;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Keeps finished runs of the output folder and resumes interrupted ones. */
  resume: boolean;
  /** Trains existing runs again. Existing runs are an error without `resume` or `overwrite`. */
  overwrite: boolean;
  /** Maximum number of attempts for each run in this process. */
  attempts: number;
  /** The URL of a Redis queue. Its workers then execute the runs instead of this process. */
  queue?: string;
  /** Maximum time, in seconds, for which Redis may be unreachable. */
  redisTimeout: number;
  /** Whether to print progress and table as JSON lines on the standard output. */
  json: boolean;
  /** The stream for progress and messages. */
  output: NodeJS.WriteStream;
  /** The first line of the output. */
  begin: string;
}

/**
 * Executes the runs of an experiment and displays their progress until they end or are
 * interrupted. Then prints the table and writes the report.
 *
 * @returns the number of failed runs, and the exit code of the interruption, or 0.
 * @throws Error if the output folder is not available, or holds runs and neither `resume` nor
 *   `overwrite` is set.
 */
export async function runExperiment(
  experiment: Experiment,
  options: ExecutionOptions,
): Promise<{ stopped: number; failed: number }> {
  const besideWorkers = options.queue !== undefined;
  const release = await claimOutput(options.outputFolder, { besideWorkers });
  try {
    // The workers of a queue keep runs in their own folders.
    if (!options.queue) await requireChoice(experiment.configs, options);
    return await execute(experiment, options);
  } finally {
    await release();
  }
}

async function execute(
  experiment: Experiment,
  options: ExecutionOptions,
): Promise<{ stopped: number; failed: number }> {
  const { output, queue, json, data } = options;
  const { configs } = experiment;
  const say = (text: string) => output.write(`${fitted(visibleText(text), columnsOf(output))}\n`);
  say(options.begin);
  if (!queue) {
    const datasets = configs.map(({ dataset }) => dataset);
    await prepareData(datasets, data, say);
  }
  const { signal, exitCode, release } = interruption(() =>
    say('\nStopping after the steps in progress; press Ctrl-C again to leave at once.'),
  );
  const display = json ? jsonLines(configs, process.stdout) : progressDisplay(configs, output);
  // All runs on a dataset report the same shortage.
  const said = new Set<string>();
  const sayOnce = (notes: string[] = []) => {
    for (const note of notes.filter((one) => !said.has(one))) {
      said.add(note);
      display.note(note);
    }
  };
  try {
    const runs = await queueOf(options);
    const { outcomes, report, stopped } = await runs.execute(
      experiment,
      {
        onProgress: (run, progress) => {
          sayOnce(progress.notes);
          display.update(run, progress);
        },
        onFinished: (run, result) => {
          sayOnce([result.notes ?? [], shortageOf(result) ?? []].flat());
          display.finish(run, result);
        },
        onFailed: (run, message) => display.fail(run, maskedText(message)),
        onNote: (message) => display.note(maskedText(message)),
      },
      signal,
    );
    display.close();
    const failures = outcomes.flatMap((outcome) =>
      outcome && 'failed' in outcome ? [outcome.failed] : [],
    );
    if (report) {
      const results = outcomes.flatMap((outcome) =>
        outcome && 'result' in outcome ? [outcome.result] : [],
      );
      // Print the table before writing files, since a write can fail.
      if (!json) say(`\n${report.text}`);
      const file = await writeReport(report, results, options.outputFolder);
      if (json) {
        process.stdout.write(
          `${visibleText(JSON.stringify({ event: 'report', rows: report.rows, report: file }))}\n`,
        );
      } else {
        say(`Report: ${pathToFileURL(path.resolve(file))}`);
      }
    } else if (!queue || !stopped) {
      say('No run has completed a test, so there is no report.');
    }
    if (failures.length > 0) {
      const reasons = [...new Set(failures.map(maskedText))].join('; ');
      say(`${failures.length} of ${configs.length} runs failed: ${reasons}`);
    }
    if (stopped && !queue) {
      const numbers = report ? ' The report holds the results so far.' : '';
      say(`The runs were stopped.${numbers} Run the same command with --resume to continue.`);
    } else if (failures.length > 0 && !queue) {
      say('Finished runs are kept. Fix the errors above, then run the same command with --resume.');
    }
    return { stopped: stopped ? exitCode() : 0, failed: failures.length };
  } finally {
    display.close();
    release();
  }
}

/** Chooses the executor of the runs and loads only the packages that it needs. */
async function queueOf(options: ExecutionOptions): Promise<RunQueue> {
  if (options.queue) {
    const { redisQueue } = await import('../queue/redis-queue.js');
    const { watchTimes } = await import('../queue/watch-redis.js');
    return redisQueue(options.queue, watchTimes(options.redisTimeout));
  }
  const { embeddedQueue } = await import('../queue/embedded-queue.js');
  return embeddedQueue(options);
}
