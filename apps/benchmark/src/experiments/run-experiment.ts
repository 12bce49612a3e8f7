import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DataFolders, prepareData } from '../data-folders.js';
import { requireChoice } from '../held-runs.js';
import { interruption } from '../interruption.js';
import { claimOutput } from '../output-folder.js';
import { jsonLines, progressDisplay } from '../progress.js';
import { maskedText } from '../queue/masked-address.js';
import type { Experiment, RunQueue } from '../queue/run-queue.js';
import { shortageOf } from '../shortage.js';
import { columnsOf, fitted } from '../terminal-width.js';
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
  /** Trains anew what the output folder has. With neither of the two it is an error to have it. */
  overwrite: boolean;
  /** Tries of each run in this process. */
  attempts: number;
  /** A Redis whose workers execute the runs, in place of this process. */
  queue?: string;
  /** Seconds for which that Redis may be away. */
  redisTimeout: number;
  /** Progress and table as JSON lines on the standard output. */
  json: boolean;
  /** Where people look. */
  output: NodeJS.WriteStream;
  /** The first line. */
  begin: string;
}

/**
 * Executes an experiment's runs with their progress, until they are done or something interrupts
 * them, prints its table, and writes its report.
 *
 * @returns how many runs failed, and the exit code of what interrupted them, or 0.
 * @throws Error if the output folder cannot be had, or holds runs and it is not said what to do with
 *   them.
 */
export async function runExperiment(
  experiment: Experiment,
  options: ExecutionOptions,
): Promise<{ stopped: number; failed: number }> {
  const besideWorkers = options.queue !== undefined;
  const release = await claimOutput(options.outputFolder, { besideWorkers });
  try {
    // What a queue's workers have is in their own folders.
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
  // All runs on a dataset say the same of it.
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
      // First what cannot fail: a full disk takes nothing from the terminal.
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
      say('No run has come to a test that is complete: nothing to report.');
    }
    if (failures.length > 0) {
      const reasons = [...new Set(failures.map(maskedText))].join('; ');
      say(`${failures.length} of ${configs.length} runs failed: ${reasons}`);
    }
    if (stopped && !queue) {
      const numbers = report ? ': the numbers are those at that moment' : '';
      say(`It was stopped${numbers}. The same command with --resume goes on.`);
    } else if (failures.length > 0 && !queue) {
      say(
        'Finished work is kept. Mend what is said above; the same command with --resume goes on.',
      );
    }
    return { stopped: stopped ? exitCode() : 0, failed: failures.length };
  } finally {
    display.close();
    release();
  }
}

/** Where the runs go; only that one's packages are loaded. */
async function queueOf(options: ExecutionOptions): Promise<RunQueue> {
  if (options.queue) {
    const { redisQueue } = await import('../queue/redis-queue.js');
    const { watchTimes } = await import('../queue/watch-redis.js');
    return redisQueue(options.queue, watchTimes(options.redisTimeout));
  }
  const { embeddedQueue } = await import('../queue/embedded-queue.js');
  return embeddedQueue(options);
}
