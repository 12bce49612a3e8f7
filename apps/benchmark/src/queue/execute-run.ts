import { runReplicas } from '@ds/train/replicas';
import type { RunConfig } from '../config/run-config.js';
import { THREADS } from '../places.js';
import { importedModules } from '../poolings/import-poolings.js';
import type { RunProgress, RunResult } from '../run/run-result.js';
import type { ThreadInput, WorkerInput } from '../run/run-worker.js';
import { RunThread } from './run-thread.js';

/**
 * Executes a run in a worker thread with its own backend, or in one thread for each replica. A
 * thread without replicas may execute a later run, with the same numbers as a new thread. The
 * signal stops the run between two steps; an aborted signal stops it before the first step. The
 * signal `kill` ends the call at once, within a step. Replicas may still run for a while after
 * that.
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
    const end = () => reject(new Error('run: it was killed within a step'));
    if (kill.aborted) end();
    kill.addEventListener('abort', end);
    replicas.then(resolve, reject).finally(() => kill.removeEventListener('abort', end));
  });
}

/** Threads that have executed a run, and wait for the next one. */
const waiting: RunThread[] = [];

/** A thread that waits and has the backend, or a new one. Ends those that have another backend. */
function threadFor({ backend }: RunConfig): RunThread {
  for (let thread = waiting.pop(); thread; thread = waiting.pop()) {
    if (thread.isWaiting && thread.backend === backend) return thread;
    thread.end();
  }
  return new RunThread(backend);
}

async function inWorker(
  input: WorkerInput,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
  kill: AbortSignal,
): Promise<RunResult> {
  const thread = threadFor(input.config);
  const stop = () => thread.stop();
  const end = () => thread.end();
  signal.addEventListener('abort', stop);
  kill.addEventListener('abort', end);
  try {
    const imports = importedModules();
    return await thread.execute({ ...input, isStopped: signal.aborted, imports }, onProgress);
  } finally {
    signal.removeEventListener('abort', stop);
    kill.removeEventListener('abort', end);
    if (thread.isWaiting) waiting.push(thread);
  }
}
