import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { DataFolders } from '../data-folders.js';
import { reportOf } from '../experiments/experiment.js';
import { writeReport } from '../experiments/write-report.js';
import { parseRunConfig, type RunConfig, runId } from '../run-config.js';
import { Lease, moment } from '../run-folder/lease.js';
import { finishedResult, runFolder } from '../run-folder/run-folder.js';
import type { RunProgress, RunResult } from '../run-result.js';
import { connect, isConnectionError, PREFIX, RUNS, TABLES } from './connection.js';
import { executeInThreads } from './execute-run.js';
import type { TableJobData, TableJobResult } from './redis-queue.js';
import { isFinalFailure } from './retries.js';

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
  /** Ends it: runs in progress are kept and handed back. */
  signal: AbortSignal;
  onNote: (message: string) => void;
  onProgress: (config: RunConfig, progress: RunProgress) => void;
}

/** Times a run may be left behind by workers that died before it counts as the cause. */
const MAX_STALLED = 5;

/** Milliseconds that a worker waits for BullMQ to close its connections. */
const PATIENCE_MS = 2_000;

/** Milliseconds between two reports of a run's progress. */
const REPORT_MS = 1_000;

/** Takes runs and tables from a queue until the signal comes. */
export async function workForQueue(options: RedisWorkerOptions): Promise<void> {
  const { url, jobs, stalledAfter, signal, onNote } = options;
  if (signal.aborted) return;
  const connection = connect(url, onNote);
  const base = (concurrency: number) => ({
    connection,
    prefix: PREFIX,
    concurrency,
    lockDuration: 1000 * stalledAfter,
    stalledInterval: 500 * stalledAfter,
    maxStalledCount: MAX_STALLED,
  });
  /** Runs in progress, and how to stop one whose lock went to somebody else. */
  const active = new Map<string, AbortController>();
  const runs = new Worker<RunConfig, RunResult>(
    RUNS,
    async (job, token) => {
      const controller = new AbortController();
      active.set(job.id!, controller);
      const lock = await holdLock(job, token!, stalledAfter, () => controller.abort());
      try {
        return await work(job, token!, options, lock.lease, controller.signal);
      } finally {
        lock.release();
        active.delete(job.id!);
      }
    },
    base(jobs),
  );
  runs.on('lockRenewalFailed', (ids) => {
    for (const id of ids) active.get(id)?.abort();
  });
  const tables = new Worker<TableJobData, TableJobResult>(
    TABLES,
    async (job, token) => {
      const lock = await holdLock(job, token!, stalledAfter, () => {});
      try {
        return await buildTable(job, options.outputFolder, lock.lease);
      } finally {
        lock.release();
      }
    },
    base(1),
  );
  for (const worker of [runs, tables]) {
    worker.on('error', (error) => {
      // The connection itself says when it is lost.
      if (!isConnectionError(error)) onNote(error.message);
    });
    worker.on('stalled', (id) => onNote(`${id}: its worker is gone, it will be taken over`));
  }
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const closed = Promise.all([runs.close(), tables.close()]);
  while (active.size > 0) await setTimeout(50);
  // With its runs handed back nothing is lost by leaving, and after the server was away BullMQ can wait for ever.
  await Promise.race([closed, setTimeout(PATIENCE_MS)]);
  connection.disconnect();
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
  job: Job<RunConfig, RunResult>,
  token: string,
  options: RedisWorkerOptions,
  lease: Lease,
  lost: AbortSignal,
): Promise<RunResult> {
  const config = parsed(job.data);
  const folder = runFolder(options.outputFolder, config);
  const finished = await finishedResult(folder, config);
  if (finished) return finished;
  const handBack = async (): Promise<never> => {
    // The job goes back as it is, and does not count as failed.
    await job.moveToDelayed(Date.now(), token);
    options.onNote(`${runId(config)}: handed back`);
    throw new DelayedError();
  };
  if (options.signal.aborted) return handBack();
  options.onNote(`${runId(config)}: taken`);
  let reported = 0;
  const result = await executeInThreads(
    {
      config,
      data: options.data,
      keeping: {
        folder,
        every: options.checkpointEvery,
        resume: true,
        lease: lease.memory,
      },
    },
    AbortSignal.any([options.signal, lost]),
    (progress) => {
      options.onProgress(config, progress);
      if (performance.now() - reported < REPORT_MS) return;
      reported = performance.now();
      // Progress is news, not a result: what cannot be said is not said.
      job.updateProgress(progress).catch(() => {});
    },
  ).catch((error) => {
    if (!lease.isHeld()) return null;
    throw isFinalFailure(error.message) ? new UnrecoverableError(error.message) : error;
  });
  if (!result || lost.aborted || !lease.isHeld()) {
    const message = `${runId(config)}: its lock was lost; it goes on with whoever has it now`;
    options.onNote(message);
    throw new Error(message);
  }
  if (result.stopped) return handBack();
  options.onNote(`${runId(config)}: done`);
  return result;
}

function parsed(data: unknown): RunConfig {
  try {
    return parseRunConfig(data);
  } catch (error) {
    throw new UnrecoverableError((error as Error).message);
  }
}

/** The parent of an experiment's runs: begins when the last one has ended. */
async function buildTable(
  job: Job<TableJobData, TableJobResult>,
  outputFolder: string,
  lease: Lease,
): Promise<TableJobResult> {
  const { id, spec, configs, context } = job.data;
  const values = Object.values(await job.getChildrenValues<RunResult>());
  const results = configs.flatMap((config) => {
    const found = values.find((result) => runId(result.config) === runId(config));
    return found ? [found] : [];
  });
  if (results.length === 0) return { report: null };
  const report = reportOf(spec, results, context);
  const folder = path.join(outputFolder, 'tables', id);
  await writeReport(report, results, folder, () => lease.requireHeld());
  return { report };
}
