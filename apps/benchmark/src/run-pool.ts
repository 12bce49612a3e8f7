import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import type { RunConfig } from './run-config.js';
import type { RunProgress, RunResult } from './run-result.js';
import type { WorkerInput, WorkerMessage } from './run-worker.js';

/** Options of {@link runAll}. */
export interface PoolOptions {
  /** Runs at a time; each keeps one core busy. Default: the number of cores. */
  jobs?: number;
  dataFolder?: string;
  /** Stops the runs in progress between two steps, and starts no more. */
  signal: AbortSignal;
  onProgress: (run: number, progress: RunProgress) => void;
  onFinished: (run: number, result: RunResult) => void;
}

/**
 * Executes runs side by side, each in a worker thread with a backend of its own: the wasm backend
 * uses one core, so this uses them all. Resolves with the results in the order of the configurations,
 * `null` for a run that did not start before the signal came.
 *
 * @throws Error if a run fails; the others are stopped first.
 */
export async function runAll(
  configs: RunConfig[],
  options: PoolOptions,
): Promise<(RunResult | null)[]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const limit = pLimit(options.jobs ?? availableParallelism());
  const settled = await Promise.allSettled(
    configs.map((config, run) =>
      limit(async () => {
        if (signal.aborted) return null;
        try {
          const result = await inWorker({ config, dataFolder: options.dataFolder }, signal, (p) =>
            options.onProgress(run, p),
          );
          options.onFinished(run, result);
          return result;
        } catch (error) {
          failure.abort();
          throw error;
        }
      }),
    ),
  );
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map((outcome) => (outcome as PromiseFulfilledResult<RunResult | null>).value);
}

function inWorker(
  input: WorkerInput,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./run-worker.js', import.meta.url), { workerData: input });
    const stop = () => worker.postMessage('stop');
    signal.addEventListener('abort', stop);
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'progress') onProgress(message.progress);
      else if (message.type === 'result') resolve(message.result);
      else reject(new Error(message.message));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      reject(new Error(`run: its worker thread ended early, with exit code ${code}`));
    });
  });
}
