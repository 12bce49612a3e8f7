import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  ConfigError,
  requireFunction,
  requireOptions,
  requireSize,
  requireString,
  StateError,
} from '@ds/checks';
import { controlBytes, endReplica, failGroup } from '../replica-group.js';
import { requireSignal } from '../require-signal.js';
import type { ReplicaMessage, ReplicaStart, SupervisorMessage } from './protocol.js';

/** Options of {@link runReplicas}. */
export interface ReplicasOptions {
  /** Number of replicas. Default: one for each core. */
  replicas?: number;
  /** Input of every replica, passed by structured clone. */
  input?: unknown;
  /** Called with each message that a replica sends, and the replica's rank. */
  onMessage?: (message: unknown, rank: number) => void;
  /** Aborts the signal of every replica; a replica that trains stops between two steps. */
  signal?: AbortSignal;
}

/**
 * Runs a module in several worker threads, the replicas, which train one model together. Each has
 * its own tfjs backend. The wasm backend uses one core, so replicas use all cores. The module
 * calls `replica` and passes its group to `train`. Each replica trains on its shard of every batch.
 * The gradients are summed through shared memory, so all replicas keep the same weights. Resolves
 * with the result of rank 0.
 *
 * This thread only supervises, and stays free for progress and signals.
 *
 * @throws ConfigError if an option is wrong, or replicas train different models; StateError if one
 *   ends before others train; the first error of a replica; Error if a thread ends early. All other
 *   replicas are ended first.
 */
export async function runReplicas<Result>(
  module: URL | string,
  options: ReplicasOptions = {},
): Promise<Result> {
  if (!(module instanceof URL)) requireString('runReplicas', 'module', module);
  requireOptions<ReplicasOptions>('runReplicas', 'options', options, {
    replicas: (fn, name, value) => requireSize(fn, name, value, 1, MOST_REPLICAS),
    input: () => {},
    onMessage: requireFunction,
    signal: requireSignal,
  });
  const { replicas = availableParallelism(), input, onMessage, signal } = options;
  const control = new SharedArrayBuffer(controlBytes(replicas));
  const workers: Worker[] = [];
  const tell = (message: SupervisorMessage) => {
    for (const worker of workers) worker.postMessage(message);
  };
  const stop = () => tell({ type: 'stop' });
  const lengths: number[] = [];
  let ended = 0;
  const requireAll = () => {
    if (lengths.length > 0 && ended > 0) {
      throw new StateError(
        `runReplicas: all ${replicas} replicas must train, but ${ended} ended before that`,
      );
    }
  };
  const open = (length: number) => {
    lengths.push(length);
    requireAll();
    if (lengths.length < replicas) return;
    if (lengths.some((other) => other !== length)) {
      throw new ConfigError(
        'runReplicas: replicas must train the same model, ' +
          `got models of ${lengths.join(', ')} numbers`,
      );
    }
    lengths.length = 0;
    tell({ type: 'opened', memory: new SharedArrayBuffer(4 * length * (replicas + 1)) });
  };
  try {
    const results = Array.from({ length: replicas }, (_, rank) => {
      const start: ReplicaStart = { rank, size: replicas, control, input };
      const worker = new Worker(module, { workerData: start });
      workers.push(worker);
      return new Promise<unknown>((resolve, reject) => {
        let isDone = false;
        worker.on('message', (message: ReplicaMessage) => {
          switch (message.type) {
            case 'open':
              attempt(() => open(message.length), reject);
              break;
            case 'message':
              onMessage?.(message.message, rank);
              break;
            case 'result':
              isDone = true;
              ended += 1;
              endReplica(control);
              attempt(requireAll, reject);
              resolve(message.result);
              break;
            case 'error':
              if (message.error instanceof Error && message.name) {
                message.error.name = message.name;
              }
              // A replica that lost another one waits for the error of that one.
              if (!message.isConsequence) reject(message.error);
              else setTimeout(() => reject(message.error), CONSEQUENCE_DELAY);
          }
        });
        worker.on('messageerror', reject);
        worker.on('error', reject);
        worker.on('exit', (code) => {
          if (isDone) return;
          failGroup(control);
          reject(
            new Error(
              `runReplicas: the thread of replica ${rank} of ${replicas} ended before its work, ` +
                `with exit code ${code}`,
            ),
          );
        });
      });
    });
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const [result] = await Promise.all(results);
    return result as Result;
  } finally {
    signal?.removeEventListener('abort', stop);
    failGroup(control);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The most replicas: more than any machine has cores. */
const MOST_REPLICAS = 1024;

function attempt(action: () => void, reject: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    reject(error);
  }
}

/** Milliseconds in which the error behind a lost replica arrives. */
const CONSEQUENCE_DELAY = 1000;
