import { setTimeout } from 'node:timers/promises';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import type { RunProgress, RunResult } from '../run/run-result.js';
import { type ActiveJobs, dropCancelled, emptied, whileActive } from './active-jobs.js';
import { connect, PREFIX, RUNS, TABLES } from './connection.js';
import { GuardedWorker, type JobBounds } from './guarded-worker.js';
import { pausesOf } from './pauses.js';
import { rareNotes } from './rare-notes.js';
import { isConnectionError, type RedisTrouble } from './redis-trouble.js';
import { type RedisWatch, type WatchTimes, watchRedis, watchTimes } from './watch-redis.js';
import type { WorkContext } from './work-context.js';
import { workOnRun } from './work-on-run.js';
import { workOnTable } from './work-on-table.js';
import { defaultLimits, LIMITS, type WorkerLimits } from './worker-limits.js';

/** Options of {@link workForQueue}. */
export interface RedisWorkerOptions {
  url: string;
  /** Number of runs at a time. */
  jobs: number;
  /** Folder for runs and tables. Workers that share it resume from each other's checkpoints. */
  outputFolder: string;
  data: DataFolders;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Seconds without a lock renewal after which another worker takes over a run. */
  stalledAfter: number;
  /** Limits on jobs. Default: the values of {@link LIMITS}. */
  limits?: WorkerLimits;
  /** Seconds between the signal and the end of runs within a step. Default: 5. */
  grace?: number;
  /** Intervals and patience of the Redis watch. Default: {@link watchTimes}. */
  watch?: WatchTimes;
  /** Ends the worker. It saves the runs in progress, and hands them back. */
  signal: AbortSignal;
  onNote: (message: string) => void;
  onProgress: (config: RunConfig, progress: RunProgress) => void;
}

/** Workers that may die during one run. After one more, the run counts as the cause and fails. */
const MAX_STALLED = 5;

/** Milliseconds that an ending worker waits for its Redis. */
const PATIENCE_MS = 2_000;

/** Milliseconds between two checks for cancelled experiments. */
const CANCELLED_MS = 2_000;

/** Characters of data for each run in a table's job. */
const LENGTH_OF_RUN = 4_096;

/** How a worker ended. */
export interface WorkEnd {
  /** Whether threads may still be busy. They end with the process. */
  isBusy: boolean;
  /** Why the worker had to stop, or `null` after the signal. */
  error: Error | null;
}

/**
 * Processes the runs and tables of a queue until the signal comes, or until trouble with the Redis
 * lasts too long. It checks every job first, because access to the Redis gives no right to this
 * machine.
 */
export async function workForQueue(options: RedisWorkerOptions): Promise<WorkEnd> {
  const { url, signal, grace = 5 } = options;
  if (signal.aborted) return { isBusy: false, error: null };
  const onNote = rareNotes(options.onNote);
  const end = new AbortController();
  const stopped = AbortSignal.any([signal, end.signal]);
  const kill = new AbortController();
  const away = new AbortController();
  const watch = watchRedis(url, { ...(options.watch ?? watchTimes()), signal: stopped, onNote });
  const connection = connect(url, watch.tell);
  const { outputFolder, data, checkpointEvery, onProgress, limits = defaultLimits() } = options;
  const context: WorkContext = {
    ...{ outputFolder, data, checkpointEvery, onProgress },
    ...{ limits, onNote, connection, stopped, kill: kill.signal, away: away.signal },
  };
  const active: ActiveJobs = new Map();
  const runs = runWorker(options, context, active);
  const tables = tableWorker(options, context, active);
  start(runs, context, watch);
  start(tables, context, watch);
  const cancelling = setInterval(() => void dropCancelled(connection, active), CANCELLED_MS);
  const error = await watch.ended.then(
    () => null,
    (reason: Error) => reason,
  );
  if ((error?.cause as RedisTrouble | undefined)?.kind === 'away') away.abort();
  end.abort();
  clearInterval(cancelling);
  const closed = Promise.all([runs.close(), tables.close()]);
  await emptied(active, 1000 * grace);
  const haveReplicas = [...active.values()].some(({ replicas }) => replicas > 1);
  kill.abort();
  await emptied(active, PATIENCE_MS);
  // BullMQ can wait forever after a lost connection. The runs are already handed back.
  await Promise.race([closed, setTimeout(PATIENCE_MS)]);
  connection.disconnect();
  return { isBusy: haveReplicas || active.size > 0, error };
}

/** The worker for the runs of a queue. It does not start by itself. */
function runWorker(
  { jobs, stalledAfter }: RedisWorkerOptions,
  context: WorkContext,
  active: ActiveJobs,
): GuardedWorker<unknown, RunResult> {
  const { limits } = context;
  const worker = new GuardedWorker<unknown, RunResult>(
    RUNS,
    (job, token) =>
      whileActive(active, job, token, stalledAfter, (entry) =>
        workOnRun(job, token, context, entry),
      ),
    boundsOf(limits, 1000 * limits.jobKb, LIMITS.jobKb.flag),
    queueOptions(context, jobs, stalledAfter),
  );
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) active.get(id)?.drop.abort();
  });
  return worker;
}

/** The worker for the tables of a queue. It does not start by itself. */
function tableWorker(
  { stalledAfter }: RedisWorkerOptions,
  context: WorkContext,
  active: ActiveJobs,
): GuardedWorker<unknown, { runs: number }> {
  const { limits } = context;
  return new GuardedWorker<unknown, { runs: number }>(
    TABLES,
    (job, token) =>
      whileActive(active, job, token, stalledAfter, (entry) =>
        workOnTable(job, token, context, entry),
      ),
    boundsOf(limits, LENGTH_OF_RUN * limits.tableRuns, LIMITS.tableRuns.flag),
    queueOptions(context, 1, stalledAfter),
  );
}

/** The limits that every job is checked against before its content is read. */
function boundsOf({ attempts }: WorkerLimits, length: number, lengthFlag: string): JobBounds {
  return { attempts, attemptsFlag: LIMITS.attempts.flag, length, lengthFlag };
}

/** BullMQ's options of a worker that has `concurrency` jobs at a time. */
function queueOptions({ connection }: WorkContext, concurrency: number, stalledAfter: number) {
  return {
    connection,
    prefix: PREFIX,
    concurrency,
    lockDuration: 1000 * stalledAfter,
    stalledInterval: 500 * stalledAfter,
    maxStalledCount: MAX_STALLED,
  };
}

/** Starts a worker. After an error it pauses. The watch deals with errors of the connection. */
function start<Result>(
  worker: GuardedWorker<unknown, Result>,
  { stopped, onNote }: WorkContext,
  watch: RedisWatch,
): void {
  const pause = pausesOf(worker, stopped);
  worker.on('error', (error) => {
    const isTold = watch.tell(error);
    if (isConnectionError(error)) return;
    if (!isTold) onNote(error.message);
    pause();
  });
  worker.on('stalled', (id) =>
    onNote(`${id}: its worker is gone; another worker will take it over`),
  );
  worker.run().catch((error) => worker.emit('error', error));
}
