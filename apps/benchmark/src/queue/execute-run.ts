import { Worker } from 'node:worker_threads';
import { runReplicas } from '@ds/train/replicas';
import { THREADS } from '../places.js';
import { importedModules } from '../poolings/import-poolings.js';
import { errorOf } from '../process/named-error.js';
import type { RunProgress, RunResult } from '../run/run-result.js';
import type { ThreadInput, WorkerInput, WorkerMessage } from '../run/run-worker.js';

/**
 * Executes a run in a worker thread with its own backend, or in one thread for each replica. The
 * signal stops it between two steps; an aborted signal stops it before the first step. The signal
 * `kill` ends the call at once, within a step. Replicas may still run for a while after that.
 *
 * @throws Error if the run fails or is killed.
 */
export function executeInThreads(
  input: WorkerInput,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
  kill: AbortSignal = new AbortController().signal,
): Promise<RunResult> {
  if (input.config.replicas === 1) return inWorker(input, signal, onProgress, kill);
  const replicas = runReplicas<RunResult>(THREADS.replica, {
    replicas: input.config.replicas,
    input: { ...input, imports: importedModules() } satisfies ThreadInput,
    signal,
    onMessage: (message) => onProgress(message as RunProgress),
  });
  return new Promise((resolve, reject) => {
    replicas.then(resolve, reject);
    kill.addEventListener('abort', () => reject(new Error('run: it was killed within a step')));
  });
}

function inWorker(
  input: WorkerInput,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
  kill: AbortSignal,
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREADS.run, {
      workerData: {
        ...input,
        isStopped: signal.aborted,
        imports: importedModules(),
      } satisfies ThreadInput,
    });
    const stop = () => worker.postMessage('stop');
    signal.addEventListener('abort', stop);
    const end = () => void worker.terminate();
    kill.addEventListener('abort', end);
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'progress') onProgress(message.progress);
      else if (message.type === 'result') resolve(message.result);
      else reject(errorOf(message));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      kill.removeEventListener('abort', end);
      reject(new Error(`run: its worker thread ended early, with exit code ${code}`));
    });
  });
}
