import { parentPort, workerData } from 'node:worker_threads';
import type { DataFolders } from './data-folders.js';
import { executeRun, type RunKeeping } from './run/execute-run.js';
import type { RunConfig } from './run-config.js';
import type { RunProgress, RunResult } from './run-result.js';

/** What a worker thread is started with. */
export interface WorkerInput {
  config: RunConfig;
  data: DataFolders;
  keeping?: RunKeeping;
  /** Whether the run is stopped before it begins. */
  isStopped?: boolean;
}

/** What it says. */
export type WorkerMessage =
  | { type: 'progress'; progress: RunProgress }
  | { type: 'result'; result: RunResult }
  | { type: 'error'; message: string };

const port = parentPort;
if (!port) throw new Error('run-worker: must be started as a worker thread');
const send = (message: WorkerMessage) => port.postMessage(message);
const controller = new AbortController();
port.on('message', (message) => {
  if (message === 'stop') controller.abort();
});

const { config, data, keeping, isStopped } = workerData as WorkerInput;
if (isStopped) controller.abort();
try {
  const result = await executeRun(config, {
    data,
    keeping,
    signal: controller.signal,
    onProgress: (progress) => send({ type: 'progress', progress }),
  });
  send({ type: 'result', result });
} catch (error) {
  send({ type: 'error', message: error instanceof Error ? error.message : String(error) });
} finally {
  // Nothing else keeps the thread alive.
  port.close();
}
