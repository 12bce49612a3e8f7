import { setTimeout } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import { isDataFailure } from '../data-failure.js';
import type { DataFolders } from '../data-folders.js';
import { parseRunConfig, type RunConfig, runId } from '../run-config.js';
import { Lease, moment } from '../run-folder/lease.js';
import { finishedResult, runFolder } from '../run-folder/run-folder.js';
import type { RunProgress, RunResult } from '../run-result.js';
import { CANCELLED, cancelledOf, experimentOf } from './cancellation.js';
import { connect, PREFIX, RUNS, TABLES } from './connection.js';
import { executeInThreads } from './execute-run.js';
import { GuardedWorker } from './guarded-worker.js';
import { insideFolder } from './inside-folder.js';
import { requireOwnData } from './own-data.js';
import { pausesOf } from './pauses.js';
import { printable } from './plain-text.js';
import { rareNotes } from './rare-notes.js';
import { isConnectionError } from './redis-trouble.js';
import { isFinalFailure } from './retries.js';
import { defaultLimits, LIMITS, requireWithinLimits, type WorkerLimits } from './run-limits.js';
import { tableInThread } from './table-in-thread.js';
import { parseTableJob } from './table-job.js';
import { WATCH, type WatchTimes, watchRedis } from './watch-redis.js';

/** Options of {@link workForQueue}. */
export interface RedisWorkerOptions {
  url: string;
  /** Runs at a time. */
  jobs: number;
  /** Where run folders and tables go; shared by workers, a run is taken over from its checkpoint. */
  outputFolder: string;
  data: DataFolders;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Seconds without a sign of life after which a worker's run is another's. */
  stalledAfter: number;
  /** What it takes at most. Default: the limits of {@link LIMITS}. */
  limits?: WorkerLimits;
  /** Seconds from the signal until runs are ended within a step. Default 5. */
  grace?: number;
  /** How it watches its Redis. */
  watch?: WatchTimes;
  /** Ends it: runs in progress are kept and handed back. */
  signal: AbortSignal;
  onNote: (message: string) => void;
  onProgress: (config: RunConfig, progress: RunProgress) => void;
}

/** Times a run may be left behind by workers that died before it counts as the cause. */
const MAX_STALLED = 5;

/** Milliseconds that a worker waits for a Redis that may not answer any more. */
const PATIENCE_MS = 2_000;

/** Milliseconds between two reports of a run's progress. */
const REPORT_MS = 1_000;

/** Milliseconds between two looks at which experiments were cancelled. */
const CANCELLED_MS = 2_000;

/** Characters that a run of a table may take in the table's job. */
const LENGTH_OF_RUN = 4_096;

/** How a worker ended. */
export interface WorkEnd {
  /** Whether threads may still be busy. Only the end of the process ends them. */
  isBusy: boolean;
  /** Why it could not go on. */
  error: Error | null;
}

/** A job in progress. */
interface ActiveJob {
  /** Stops it between two steps, since it is not this worker's or nobody's any more. */
  drop: AbortController;
  isCancelled: boolean;
  /** How long its lock is certainly held. */
  lease: Lease;
  /** Threads of a run. Several may outlive it. */
  replicas: number;
}

/**
 * Takes runs and tables from a queue until the signal comes. What comes from the queue is checked
 * before anything is done with it: access to the Redis is no right to this machine.
 *
 * It ends by the signal, or with an error if the Redis has refused its work for too long.
 */
export async function workForQueue(options: RedisWorkerOptions): Promise<WorkEnd> {
  const { url, jobs, stalledAfter, signal, grace = 5 } = options;
  if (signal.aborted) return { isBusy: false, error: null };
  const limits = options.limits ?? defaultLimits();
  const onNote = rareNotes(options.onNote);
  /** Aborted by the signal, or because the Redis has refused for too long. */
  const end = new AbortController();
  const stopped = AbortSignal.any([signal, end.signal]);
  const kill = new AbortController();
  const watch = watchRedis(url, { ...(options.watch ?? WATCH), signal: stopped, onNote });
  const connection = connect(url, watch.tell);
  const base = (concurrency: number) => ({
    connection,
    prefix: PREFIX,
    concurrency,
    lockDuration: 1000 * stalledAfter,
    stalledInterval: 500 * stalledAfter,
    maxStalledCount: MAX_STALLED,
  });
  const bounds = (length: number, lengthFlag: string) => ({
    attempts: limits.attempts,
    attemptsFlag: LIMITS.attempts.flag,
    length,
    lengthFlag,
  });
  const active = new Map<string, ActiveJob>();
  const whileActive = async <Result>(
    job: Job,
    token: string,
    body: (entry: ActiveJob) => Promise<Result>,
  ): Promise<Result> => {
    const drop = new AbortController();
    const lock = await holdLock(job, token, stalledAfter, () => drop.abort());
    active.set(job.id!, { drop, isCancelled: false, replicas: 1, lease: lock.lease });
    try {
      return await body(active.get(job.id!)!);
    } finally {
      lock.release();
      active.delete(job.id!);
    }
  };
  const context = { ...options, limits, onNote, connection, stopped, kill: kill.signal };
  const runs = new GuardedWorker<unknown, RunResult>(
    RUNS,
    (job, token) => whileActive(job, token, (entry) => work(job, token, context, entry)),
    bounds(1000 * limits.jobKb, LIMITS.jobKb.flag),
    base(jobs),
  );
  const tables = new GuardedWorker<unknown, { runs: number }>(
    TABLES,
    (job, token) => whileActive(job, token, (entry) => workOnTable(job, token, context, entry)),
    bounds(LENGTH_OF_RUN * limits.tableRuns, LIMITS.tableRuns.flag),
    base(1),
  );
  runs.on('lockRenewalFailed', (ids) => {
    for (const id of ids) active.get(id)?.drop.abort();
  });
  for (const worker of [runs, tables]) {
    const pause = pausesOf(worker, stopped);
    worker.on('error', (error) => {
      const isTold = watch.tell(error);
      if (isConnectionError(error)) return;
      if (!isTold) onNote(error.message);
      pause();
    });
    worker.on('stalled', (id) => onNote(`${id}: its worker is gone, it will be taken over`));
    worker.run().catch((error) => worker.emit('error', error));
  }
  const cancelling = setInterval(() => void dropCancelled(connection, active), CANCELLED_MS);
  const error = await watch.ended.then(
    () => null,
    (reason: Error) => reason,
  );
  end.abort();
  clearInterval(cancelling);
  const closed = Promise.all([runs.close(), tables.close()]);
  await emptied(active, 1000 * grace);
  const haveReplicas = [...active.values()].some(({ replicas }) => replicas > 1);
  kill.abort();
  await emptied(active, PATIENCE_MS);
  // With its runs handed back nothing is lost by leaving, and after the server was away BullMQ can wait for ever.
  await Promise.race([closed, setTimeout(PATIENCE_MS)]);
  connection.disconnect();
  return { isBusy: haveReplicas || active.size > 0, error };
}

/** Waits until no job is in progress, for so many milliseconds at most. */
async function emptied(active: Map<string, ActiveJob>, patience: number): Promise<void> {
  const begun = performance.now();
  while (active.size > 0 && performance.now() - begun < patience) await setTimeout(20);
}

/** Drops the runs of experiments that were cancelled. */
async function dropCancelled(redis: Redis, active: Map<string, ActiveJob>): Promise<void> {
  const experiments = [...active.keys()].flatMap((id) => experimentOf(id) ?? []);
  // A Redis that does not answer is the watch's business.
  const cancelled = await cancelledOf(redis, experiments).catch(() => new Set<string>());
  for (const [id, entry] of active) {
    if (!cancelled.has(experimentOf(id) ?? '')) continue;
    entry.isCancelled = true;
    entry.drop.abort();
  }
}

/** What the jobs of a worker share. */
interface WorkContext extends Omit<RedisWorkerOptions, 'limits'> {
  limits: WorkerLimits;
  connection: Redis;
  /** Jobs are handed back. */
  stopped: AbortSignal;
  /** Jobs are ended within a step. */
  kill: AbortSignal;
}

/** Gives a job back as it is. It does not count as failed. */
async function handBack(job: Job, token: string, name: string, context: WorkContext) {
  await job.moveToDelayed(Date.now(), token);
  context.onNote(`${name}: handed back`);
  return new DelayedError();
}

/** Renewals of a lock in the time that it is held after one. */
const RENEWALS = 4;

/**
 * Renews a job's lock, and keeps a lease of how long it is certainly held. BullMQ renews it too, but does not say when.
 */
async function holdLock(
  job: Job,
  token: string,
  seconds: number,
  onLost: () => void,
): Promise<{ lease: Lease; release: () => void }> {
  const lease = new Lease();
  const renew = async () => {
    // Before it is asked for, so that the lease ends before the lock does.
    const asked = moment();
    if ((await job.extendLock(token, 1000 * seconds)) === 1) {
      lease.extend(asked, seconds);
      return;
    }
    lease.revoke();
    onLost();
  };
  await renew();
  const timer = setInterval(
    // While the server is away nothing is renewed, and the lease runs out in time.
    () => void renew().catch(() => {}),
    (1000 * seconds) / RENEWALS,
  );
  return { lease, release: () => clearInterval(timer) };
}

async function work(
  job: Job<unknown, RunResult>,
  token: string,
  context: WorkContext,
  entry: ActiveJob,
): Promise<RunResult> {
  const { data, stopped, kill, onNote } = context;
  const config = await poisonous(() => runOf(job.data, context));
  const name = runId(config);
  const folder = insideFolder(context.outputFolder, runFolder('.', config));
  await requireWanted(experimentOf(job.id!), context);
  const finished = await finishedResult(folder, config);
  if (finished) return finished;
  if (stopped.aborted) throw await handBack(job, token, name, context);
  onNote(`${name}: taken`);
  entry.replicas = config.replicas;
  let reported = 0;
  const result = await executeInThreads(
    {
      config,
      data,
      keeping: {
        folder,
        every: context.checkpointEvery,
        resume: true,
        lease: entry.lease.memory,
      },
    },
    AbortSignal.any([stopped, entry.drop.signal]),
    (progress) => {
      context.onProgress(config, progress);
      if (performance.now() - reported < REPORT_MS) return;
      reported = performance.now();
      // Progress is news, not a result: what cannot be said is not said.
      job.updateProgress(progress).catch(() => {});
    },
    kill,
  ).catch((error: Error) => {
    if (kill.aborted || !entry.lease.isHeld()) return null;
    throw failureToSend(error, config, onNote);
  });
  if (entry.isCancelled) throw new UnrecoverableError(CANCELLED);
  if (entry.drop.signal.aborted || !entry.lease.isHeld()) {
    const message = `${name}: its lock was lost; another worker goes on with it`;
    onNote(message);
    throw new Error(message);
  }
  if (result === null || result.stopped) throw await handBack(job, token, name, context);
  onNote(`${name}: done`);
  return result;
}

/** @throws Error if nobody wants an experiment any more. */
async function requireWanted(experiment: string | null, { connection }: WorkContext) {
  if (experiment === null) return;
  const cancelled = await cancelledOf(connection, [experiment]);
  if (cancelled.size > 0) throw new UnrecoverableError(CANCELLED);
}

/** A run's configuration, if it is one and within what this worker lends. */
async function runOf(input: unknown, { data, limits }: WorkContext): Promise<RunConfig> {
  const config = parseRunConfig(input);
  requireWithinLimits(config, limits);
  await requireOwnData(config, data);
  return config;
}

/** What a job says. An error in it would come again, so that it fails the job once and for all. */
async function poisonous<Result>(read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw new UnrecoverableError(printable((error as Error).message));
  }
}

/** A failure as it may be known to all who read the Redis: without what a file holds. */
function failureToSend(error: Error, config: RunConfig, onNote: (message: string) => void): Error {
  const { message } = error;
  if (isDataFailure(error)) {
    onNote(`${runId(config)}: ${message}`);
    return new Error(
      `${config.dataset} cannot be opened or read on this worker; what the worker prints says why`,
    );
  }
  return isFinalFailure(error) ? new UnrecoverableError(message) : new Error(message);
}

/** The parent of an experiment's runs: begins when the last one has ended. */
async function workOnTable(
  job: Job<unknown, { runs: number }>,
  token: string,
  context: WorkContext,
  { lease }: ActiveJob,
): Promise<{ runs: number }> {
  const { limits, outputFolder, stopped, kill, onNote } = context;
  const { id } = await poisonous(() => parseTableJob(job.data, limits.tableRuns));
  await requireWanted(id, context);
  if (stopped.aborted) throw await handBack(job, token, `table ${id}`, context);
  const values = Object.values(await job.getChildrenValues());
  const maxRuns = limits.tableRuns;
  const input = { job: job.data, values, outputFolder, maxRuns, lease: lease.memory };
  const built = await tableInThread(input, kill, onNote).catch((error: Error) => {
    if (kill.aborted) return null;
    throw error;
  });
  if (!built) throw await handBack(job, token, `table ${id}`, context);
  return built;
}
