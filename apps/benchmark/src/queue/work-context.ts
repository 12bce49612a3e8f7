import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DataFolders } from '../data-folders.js';
import type { RunConfig } from '../run-config.js';
import type { Lease } from '../run-folder/lease.js';
import type { RunProgress } from '../run-result.js';
import { CANCELLED, cancelledOf } from './cancellation.js';
import { printable } from './plain-text.js';
import type { WorkerLimits } from './run-limits.js';

/** What the jobs of a worker share. */
export interface WorkContext {
  /** For run folders and tables. */
  outputFolder: string;
  data: DataFolders;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  limits: WorkerLimits;
  connection: Redis;
  /** Jobs are handed back. */
  stopped: AbortSignal;
  /** Jobs are ended within a step. */
  kill: AbortSignal;
  /** The Redis is given up: a command to it would wait without end. */
  away: AbortSignal;
  onNote: (message: string) => void;
  onProgress: (config: RunConfig, progress: RunProgress) => void;
}

/** A job in progress. */
export interface ActiveJob {
  /** Stops the job between two steps: it was cancelled, or another worker has it. */
  drop: AbortController;
  isCancelled: boolean;
  /** How long its lock is certainly held. */
  lease: Lease;
  /** Threads of a run. Several threads may outlive it. */
  replicas: number;
}

/** Gives a job back as it is. It does not count as failed. Without a Redis its lock runs out. */
export async function handBack(
  job: Job,
  token: string,
  name: string,
  { away, onNote }: WorkContext,
): Promise<DelayedError> {
  if (!away.aborted) await job.moveToDelayed(Date.now(), token);
  onNote(`${name}: ${away.aborted ? 'stopped, and kept in its folder' : 'handed back'}`);
  return new DelayedError();
}

/** @throws Error if the experiment was cancelled. */
export async function requireWanted(
  experiment: string | null,
  { connection }: WorkContext,
): Promise<void> {
  if (experiment === null) return;
  const cancelled = await cancelledOf(connection, [experiment]);
  if (cancelled.size > 0) throw new UnrecoverableError(CANCELLED);
}

/** Reads what a job holds. An error in it would come again, so the job fails for good. */
export async function readJob<Result>(read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw new UnrecoverableError(printable((error as Error).message));
  }
}
