import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { DataFolders } from '../data-folders.js';
import { reportOf } from '../experiments/experiment.js';
import type { RunConfig } from '../run-config.js';
import { finishedResult, runFolder } from '../run-folder/run-folder.js';
import { executeInThreads } from './execute-run.js';
import { BACKOFF_MS, isFinalFailure } from './retries.js';
import type { RunObserver, RunOutcome, RunQueue } from './run-queue.js';

/** Options of {@link embeddedQueue}. */
export interface EmbeddedQueueOptions {
  /** Runs at a time; each keeps as many cores busy as it has replicas. Default: as many as there are cores for. */
  jobs?: number;
  outputFolder: string;
  data: DataFolders;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Counts runs that are finished in the output folder, and goes on with those that were interrupted. */
  resume: boolean;
  /** Tries of each run. */
  attempts: number;
}

/**
 * Executes runs side by side in this process: the wasm backend uses one core, so this uses them all. What it knows lies
 * in the runs' folders.
 */
export function embeddedQueue(options: EmbeddedQueueOptions): RunQueue {
  return {
    execute: async ({ spec, configs, context }, observer, signal) => {
      const limit = pLimit(options.jobs ?? jobsFor(configs));
      const outcomes = await Promise.all(
        configs.map((config, run) =>
          limit(() => executeOne(config, run, options, observer, signal)),
        ),
      );
      const results = outcomes.flatMap((outcome) =>
        outcome && 'result' in outcome ? [outcome.result] : [],
      );
      return {
        outcomes,
        report: results.length > 0 ? reportOf(spec, results, context) : null,
        stopped: signal.aborted,
      };
    },
  };
}

/** Runs at a time that keep every core busy. */
export function jobsFor(configs: RunConfig[]): number {
  // A GPU is one device, and one process at a time gets the most of it.
  if (configs.some(({ backend }) => backend === 'webgpu')) return 1;
  const replicas = Math.max(1, ...configs.map((config) => config.replicas));
  return Math.max(1, Math.floor(availableParallelism() / replicas));
}

async function executeOne(
  config: RunConfig,
  run: number,
  options: EmbeddedQueueOptions,
  observer: RunObserver,
  signal: AbortSignal,
): Promise<RunOutcome> {
  if (signal.aborted) return null;
  const folder = runFolder(options.outputFolder, config);
  const finished = options.resume ? await finishedResult(folder, config) : null;
  if (finished) {
    observer.onFinished(run, finished);
    return { result: finished };
  }
  for (let attempt = 1; ; attempt++) {
    // The signal may have come during the search for a result, or during the wait for another try.
    if (signal.aborted) return null;
    const keeping = {
      folder,
      every: options.checkpointEvery,
      resume: options.resume || attempt > 1,
    };
    try {
      const result = await executeInThreads(
        { config, data: options.data, keeping },
        signal,
        (progress) => observer.onProgress(run, progress),
      );
      // Before its first test is complete it has no numbers.
      if (result.stopped && result.epochs.length === 0) return null;
      observer.onFinished(run, result);
      return { result };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (attempt >= options.attempts || isFinalFailure(error as Error) || signal.aborted) {
        observer.onFailed(run, message);
        return { failed: message };
      }
      const wait = BACKOFF_MS * 2 ** (attempt - 1);
      observer.onNote(`${message}; trying again in ${wait / 1000} s`);
      await setTimeout(wait, undefined, { signal }).catch(() => {});
    }
  }
}
