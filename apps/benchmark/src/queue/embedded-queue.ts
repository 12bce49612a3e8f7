import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import { reportOf } from '../experiments/experiment.js';
import type { RunResult } from '../run/run-result.js';
import { removeFailure, writeFailure } from '../run-folder/failure-file.js';
import { finishedResult, mendFinished, runFolder } from '../run-folder/run-folder.js';
import { dataHashes, drawOf } from '../stored-runs/same-data.js';
import { executeInThreads } from './execute-run.js';
import { maskedText } from './masked-address.js';
import { BACKOFF_MS, isFinalFailure } from './retries.js';
import type { RunObserver, RunOutcome, RunQueue } from './run-queue.js';

/** Options of {@link embeddedQueue}. */
export interface EmbeddedQueueOptions {
  /**
   * Number of runs at a time. A run uses one core for each replica. Default: as many as use every
   * core.
   */
  jobs?: number;
  outputFolder: string;
  data: DataFolders;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Skips runs already finished in the output folder, and resumes interrupted ones. */
  resume: boolean;
  /** Attempts for each run. */
  attempts: number;
}

/**
 * Executes runs in parallel in this process. The wasm backend uses one core, so several runs use
 * all cores. All state is in the run folders.
 */
export function embeddedQueue(options: EmbeddedQueueOptions): RunQueue {
  return {
    execute: async ({ spec, configs, context }, observer, signal) => {
      const limit = pLimit(options.jobs ?? jobsFor(configs));
      const finished = options.resume
        ? await finishedRuns(configs, options, observer)
        : new Map<number, RunResult>();
      const hashes = dataHashes('--resume', [...finished.values()]);
      for (const [run, result] of finished) observer.onFinished(run, result);
      const outcomes = await Promise.all(
        configs.map((config, run) => {
          const result = finished.get(run);
          if (result) return { result };
          const dataHash = hashes.get(drawOf(config));
          return limit(() => executeOne(config, run, dataHash, options, observer, signal));
        }),
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

/** The results of the finished runs, by their place. One after the other: each reads its model. */
async function finishedRuns(
  configs: RunConfig[],
  { outputFolder }: EmbeddedQueueOptions,
  { onNote }: RunObserver,
): Promise<Map<number, RunResult>> {
  const found = new Map<number, RunResult>();
  for (const [run, config] of configs.entries()) {
    const folder = runFolder(outputFolder, config);
    const result = await finishedResult(folder, config);
    if (!result) continue;
    found.set(run, result);
    const note = await mendFinished(folder, result);
    if (note) onNote(note);
  }
  return found;
}

/** The number of parallel runs that use every core. */
export function jobsFor(configs: RunConfig[]): number {
  // A GPU is one device, and is fastest with one process at a time.
  if (configs.some(({ backend }) => backend === 'webgpu')) return 1;
  const replicas = Math.max(1, ...configs.map((config) => config.replicas));
  return Math.max(1, Math.floor(availableParallelism() / replicas));
}

async function executeOne(
  config: RunConfig,
  run: number,
  dataHash: string | undefined,
  options: EmbeddedQueueOptions,
  observer: RunObserver,
  signal: AbortSignal,
): Promise<RunOutcome> {
  if (signal.aborted) return null;
  const folder = runFolder(options.outputFolder, config);
  for (let attempt = 1; ; attempt++) {
    // The signal may have come while a result was read, or during the wait for a retry.
    if (signal.aborted) return null;
    const keeping = {
      folder,
      every: options.checkpointEvery,
      resume: options.resume || attempt > 1,
      ...(dataHash !== undefined && { dataHash }),
    };
    try {
      await removeFailure(folder);
      const result = await executeInThreads(
        { config, data: options.data, keeping },
        signal,
        (progress) => observer.onProgress(run, progress),
      );
      // A run has no numbers before its first test is complete.
      if (result.stopped && result.epochs.length === 0) return null;
      observer.onFinished(run, result);
      return { result };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (attempt >= options.attempts || isFinalFailure(error as Error) || signal.aborted) {
        if (!signal.aborted) await writeFailure(folder, maskedText(message));
        observer.onFailed(run, message);
        return { failed: message };
      }
      const wait = BACKOFF_MS * 2 ** (attempt - 1);
      observer.onNote(`${message}; retrying in ${wait / 1000} s`);
      await setTimeout(wait, undefined, { signal }).catch(() => {});
    }
  }
}
