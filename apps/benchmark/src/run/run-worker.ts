import { parentPort, workerData } from 'node:worker_threads';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import { importPoolings } from '../poolings/import-poolings.js';
import { type NamedError, reportError } from '../process/named-error.js';
import { executeRun } from './execute-run.js';
import type { RunKeeping } from './run-options.js';
import type { RunProgress, RunResult } from './run-result.js';

/** The input of a worker thread. */
export interface WorkerInput {
  config: RunConfig;
  data: DataFolders;
  keeping?: RunKeeping;
  /** Whether the run is stopped before it begins. */
  isStopped?: boolean;
}

/** The data of a thread: the run, and what the process has imported. */
export interface ThreadInput extends WorkerInput {
  /** Modules that register poolings, from the command line of this process. */
  imports: string[];
}

/** The messages of a worker thread. */
export type WorkerMessage =
  | { type: 'progress'; progress: RunProgress }
  | { type: 'result'; result: RunResult }
  | ({ type: 'error' } & NamedError);

const port = parentPort;
if (!port) throw new Error('run-worker: must be started as a worker thread');
const send = (message: WorkerMessage) => port.postMessage(message);
const controller = new AbortController();
port.on('message', (message) => {
  if (message === 'stop') controller.abort();
});

const { config, data, keeping, isStopped, imports } = workerData as ThreadInput;
if (isStopped) controller.abort();
try {
  await importPoolings(imports);
  const result = await executeRun(config, {
    data,
    keeping,
    signal: controller.signal,
    onProgress: (progress) => send({ type: 'progress', progress }),
  });
  send({ type: 'result', result });
} catch (error) {
  send({ type: 'error', ...reportError(error) });
} finally {
  // Nothing else keeps the thread alive.
  port.close();
}
