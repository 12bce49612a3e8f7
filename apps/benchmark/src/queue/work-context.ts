import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import type { RunProgress } from '../run/run-result.js';
import type { Lease } from '../run-folder/lease.js';
import { CANCELLED, cancelledOf } from './cancellation.js';
import { printable } from './plain-text.js';
import type { WorkerLimits } from './worker-limits.js';

/** State shared by the jobs of a worker. */
export interface WorkContext {
  /** Folder for runs and tables. */
  outputFolder: string;
  data: DataFolders;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  limits: WorkerLimits;
  connection: Redis;
  /** Aborts when jobs must be handed back. */
  stopped: AbortSignal;
  /** Aborts when jobs must end within a step. */
  kill: AbortSignal;
  /** Aborts when the Redis is given up. A command to it would wait forever. */
  away: AbortSignal;
  onNote: (message: string) => void;
  onProgress: (config: RunConfig, progress: RunProgress) => void;
}

/** A job in progress. */
export interface ActiveJob {
  /** Stops the job between two steps, after a cancellation or a lost lock. */
  drop: AbortController;
  isCancelled: boolean;
  /** The time for which its lock is certainly held. */
  lease: Lease;
  /** Number of threads in a run. Several threads may outlive it. */
  replicas: number;
}

/** Returns a job to the queue. It does not count as failed. Without a Redis its lock expires. */
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

/** @throws Error if one of these experiments and jobs was cancelled. */
export async function requireWanted(ids: string[], { connection }: WorkContext): Promise<void> {
  const cancelled = await cancelledOf(connection, ids);
  if (cancelled.size > 0) throw new UnrecoverableError(CANCELLED);
}

/** Parses a job's data. An error would repeat, so the job fails without a retry. */
export async function readJob<Result>(read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw new UnrecoverableError(printable((error as Error).message));
  }
}
