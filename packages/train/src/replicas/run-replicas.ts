import { availableParallelism } from 'node:os';
import { requireFunction, requireOptions, requireSize, requireString } from '@ds/checks';
import { requireSignal } from '../require-signal.js';
import { SupervisedGroup } from './supervised-group.js';

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
 * @throws ConfigError if the module has no address of a file, an option is wrong, the input cannot
 *   be cloned, or replicas train different models; StateError if one
 *   ends before others train; the first error of a replica or of `onMessage`; Error if a thread
 *   ends early. All other replicas are ended first.
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
  const group = new SupervisedGroup(module, replicas, onMessage);
  const stop = () => group.stop();
  try {
    const results = Array.from({ length: replicas }, (_, rank) => group.start(rank, input));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const [result] = await Promise.all(results);
    return result as Result;
  } finally {
    signal?.removeEventListener('abort', stop);
    await group.end();
  }
}

/** The most replicas: more than any machine has cores. */
const MOST_REPLICAS = 1024;
