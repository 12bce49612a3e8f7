import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { runReplicas } from '@ds/train/replicas';
import pLimit from 'p-limit';
import type { RunCheckpoints } from './run.js';
import type { RunConfig } from './run-config.js';
import type { RunProgress, RunResult } from './run-result.js';
import type { WorkerInput, WorkerMessage } from './run-worker.js';

/** Options of {@link runAll}. */
export interface PoolOptions {
  /** Runs at a time; each keeps as many cores busy as it has replicas. Default: as many as there are cores for. */
  jobs?: number;
  dataFolder?: string;
  /** How a run is kept; by default it is not. */
  checkpoints?: (config: RunConfig) => RunCheckpoints;
  /** Stops the runs in progress between two steps, and starts no more. */
  signal: AbortSignal;
  onProgress: (run: number, progress: RunProgress) => void;
  onFinished: (run: number, result: RunResult) => void;
}

/**
 * Executes runs side by side, each in a worker thread with a backend of its own, or in one for each of
 * its replicas: the wasm backend uses one core, so this uses them all. Resolves with the results in the order of the configurations,
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
  const replicas = Math.max(...configs.map((config) => config.replicas));
  const limit = pLimit(options.jobs ?? Math.max(1, Math.floor(availableParallelism() / replicas)));
  const settled = await Promise.allSettled(
    configs.map((config, run) =>
      limit(async () => {
        if (signal.aborted) return null;
        try {
          const input = {
            config,
            dataFolder: options.dataFolder,
            checkpoints: options.checkpoints?.(config),
          };
          const execute = config.replicas > 1 ? onReplicas : inWorker;
          const result = await execute(input, signal, (p) => options.onProgress(run, p));
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

/** A run that several threads share. */
function onReplicas(
  input: WorkerInput,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<RunResult> {
  return runReplicas<RunResult>(new URL('./run-replica.js', import.meta.url), {
    replicas: input.config.replicas,
    input,
    signal,
    onMessage: (message) => onProgress(message as RunProgress),
  });
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
