import { parentPort } from 'node:worker_threads';
import { memory } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import { importPoolings } from '../poolings/import-poolings.js';
import { type NamedError, reportError } from '../process/named-error.js';
import { executeRun } from './execute-run.js';
import { mayRunAgain } from './may-run-again.js';
import type { RunKeeping } from './run-options.js';
import type { RunProgress, RunResult } from './run-result.js';

/** The input of a worker thread. */
export interface WorkerInput {
  config: RunConfig;
  data: DataFolders;
  keeping?: RunKeeping;
  isTiming?: boolean;
  /** Whether the run is stopped before it begins. */
  isStopped?: boolean;
}

/** The input of a thread: the run, and what the process has imported. */
export interface ThreadInput extends WorkerInput {
  /** Modules that register poolings, from the command line of this process. */
  imports: string[];
}

/** A message to a worker thread. It gets one run at a time. */
export type ThreadMessage = { type: 'run'; input: ThreadInput } | { type: 'stop' };

/** The messages of a worker thread. */
export type WorkerMessage =
  | { type: 'progress'; progress: RunProgress }
  | { type: 'result'; result: RunResult; mayRunAgain: boolean }
  | ({ type: 'error' } & NamedError);

const port = parentPort;
if (!port) throw new Error('run-worker: must be started as a worker thread');
const send = (message: WorkerMessage) => port.postMessage(message);
let controller = new AbortController();
port.on('message', (message: ThreadMessage) => {
  if (message.type === 'stop') controller.abort();
  else execute(message.input);
});

async function execute({ isStopped, imports, config, ...options }: ThreadInput): Promise<void> {
  controller = new AbortController();
  if (isStopped) controller.abort();
  let isReused = false;
  try {
    await importPoolings(imports);
    const result = await executeRun(config, {
      ...options,
      signal: controller.signal,
      onProgress: (progress) => send({ type: 'progress', progress }),
    });
    const tensors = memory().numTensors;
    isReused = mayRunAgain(config, result, { tensors, ...process.memoryUsage() });
    send({ type: 'result', result, mayRunAgain: isReused });
  } catch (error) {
    send({ type: 'error', ...reportError(error) });
  } finally {
    // Nothing else keeps the thread alive.
    if (!isReused) port!.close();
  }
}
