import { setTimeout } from 'node:timers/promises';
import { FlowProducer, Job, Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { type RunConfig, runId } from '../config/run-config.js';
import type { RunResult } from '../run/run-result.js';
import { tableOf } from './build-table.js';
import { allowWork, CANCELLED, cancelledOf, runJobId } from './cancellation.js';
import { requireRedis } from './check-redis.js';
import { connect, PREFIX, RUNS, TABLES } from './connection.js';
import { printable } from './plain-text.js';
import { rareNotes } from './rare-notes.js';
import { isConnectionError, troubleOf } from './redis-trouble.js';
import { parseProgress, parseResultOf } from './result-schema.js';
import { ATTEMPTS, BACKOFF_MS } from './retries.js';
import type {
  Experiment,
  ExperimentOutcome,
  RunObserver,
  RunOutcome,
  RunQueue,
} from './run-queue.js';
import { experimentId, type TableJobData } from './table-job.js';
import { type WatchTimes, watchRedis, watchTimes } from './watch-redis.js';

/** Timeout of closing in milliseconds. BullMQ can wait forever after a lost connection. */
const CLOSE_MS = 2_000;

/** Milliseconds between two checks for finished jobs. */
const POLL_MS = 500;

/** Resubmissions of an experiment lost by the Redis. */
const MAX_LOST = 3;

/** Milliseconds before a failed command is retried. The wait doubles after each failure. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Milliseconds until a sweep says that no worker is there. */
const HINT_MS = 10_000;
const NO_WORKER =
  'no worker is connected to this Redis, so the runs wait for one: ds-benchmark worker --queue <url>';

/** The connections of a sweep. */
interface Connected {
  runs: Queue<unknown, unknown>;
  tables: Queue<TableJobData, unknown>;
  flows: FlowProducer;
  events: QueueEvents;
  redis: Redis;
}

/**
 * Sends runs to the workers of a Redis queue (BullMQ), and waits for the table. If the experiment
 * is already in the queue, its finished runs are kept and its failed runs are retried.
 *
 * @param hintMs milliseconds until it says that no worker is connected.
 */
export function redisQueue(
  url: string,
  times: WatchTimes = watchTimes(),
  hintMs: number = HINT_MS,
): RunQueue {
  return {
    execute: async (experiment, observer, signal) => {
      if (signal.aborted) {
        return { outcomes: experiment.configs.map(() => null), report: null, stopped: true };
      }
      const onNote = rareNotes(observer.onNote);
      await requireRedis(url, onNote);
      const done = new AbortController();
      const watch = watchRedis(url, {
        ...times,
        signal: AbortSignal.any([signal, done.signal]),
        onNote,
      });
      const redis = connect(url, watch.tell);
      const options = { connection: redis, prefix: PREFIX };
      const connected: Connected = {
        runs: new Queue(RUNS, options),
        tables: new Queue(TABLES, options),
        flows: new FlowProducer(options),
        events: new QueueEvents(RUNS, options),
        redis,
      };
      const { runs, tables, flows, events } = connected;
      const say = (error: Error) => {
        if (!watch.tell(error) && !isConnectionError(error)) onNote(error.message);
      };
      runs.on('error', say);
      tables.on('error', say);
      flows.on('error', say);
      events.on('error', say);
      const refused = watch.ended.then(() => new Promise<never>(() => {}));
      const ends = AbortSignal.any([signal, done.signal]);
      const patiently = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
        for (let wait = RETRY_MS; ; wait = Math.min(2 * wait, LONGEST_RETRY_MS)) {
          try {
            return await ask();
          } catch (error) {
            // The watch reports the trouble, and ends the sweep if it lasts.
            if (ends.aborted || !watch.tell(error as Error)) throw error;
            await setTimeout(wait, undefined, { signal: ends }).catch(() => {});
          }
        }
      };
      try {
        const work = follow(
          experiment,
          connected,
          { ...observer, onNote },
          signal,
          patiently,
          hintMs,
        );
        return await Promise.race([work, refused]);
      } finally {
        done.abort();
        const closed = Promise.all([flows.close(), events.close(), runs.close(), tables.close()]);
        await Promise.race([closed.catch(() => {}), setTimeout(CLOSE_MS)]);
        redis.disconnect();
      }
    },
  };
}

async function submit(experiment: Experiment, connected: Connected): Promise<void> {
  const { runs, tables, flows, redis } = connected;
  const id = experimentId(experiment);
  await allowWork(redis, id, ...experiment.configs.map((one) => runJobId(id, runId(one))));
  const state = await tables.getJobState(id);
  if (state !== 'unknown') {
    const { failed, missing } = await missingRuns(experiment, connected);
    const isOver = state === 'completed' || state === 'failed';
    const isFine = failed.length === 0 && missing.length === 0;
    if (isFine && state !== 'failed') return;
    if (!isOver && missing.length === 0) {
      for (const job of failed) await job.retry();
      return;
    }
    await tables.remove(id, { removeChildren: false });
    for (const job of failed) await job.remove();
    // BullMQ's lists may still contain lost jobs. Without this, a worker could get them twice.
    for (const jobId of missing) await runs.remove(jobId);
  }
  await flows.add({
    name: experiment.spec.experiment,
    queueName: TABLES,
    data: { ...experiment, id } satisfies TableJobData,
    opts: { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: BACKOFF_MS } },
    children: experiment.configs.map((config) => ({
      name: runId(config),
      queueName: RUNS,
      data: config,
      opts: {
        jobId: runJobId(id, runId(config)),
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: BACKOFF_MS },
        // A failed run does not block the table. The table lists the missing runs.
        ignoreDependencyOnFailure: true,
      },
    })),
  });
}

/** Whether the Redis still stores these jobs. BullMQ's lists may still name lost jobs. */
async function areThere({ runs, redis }: Connected, jobIds: string[]): Promise<boolean> {
  if (jobIds.length === 0) return true;
  return (await redis.exists(...jobIds.map((id) => runs.toKey(id)))) === jobIds.length;
}

/** The failed jobs of an experiment, and the ids of missing jobs. */
async function missingRuns(
  experiment: Experiment,
  connected: Connected,
): Promise<{ failed: Job[]; missing: string[] }> {
  const { runs } = connected;
  const id = experimentId(experiment);
  const failed: Job[] = [];
  const missing: string[] = [];
  for (const config of experiment.configs) {
    const jobId = runJobId(id, runId(config));
    const state = await runs.getJobState(jobId);
    if (state === 'unknown' || !(await areThere(connected, [jobId]))) missing.push(jobId);
    else if (state === 'failed') failed.push((await Job.fromId(runs, jobId))!);
  }
  return { failed, missing };
}

async function follow(
  experiment: Experiment,
  connected: Connected,
  observer: RunObserver,
  signal: AbortSignal,
  patiently: <Result>(ask: () => Promise<Result>) => Promise<Result>,
  hintMs: number,
): Promise<ExperimentOutcome> {
  const { runs, tables, events, redis } = connected;
  const { configs } = experiment;
  const id = experimentId(experiment);
  const jobIds = configs.map((config) => runJobId(id, runId(config)));
  const outcomes: RunOutcome[] = jobIds.map(() => null);
  events.on('progress', ({ jobId, data }) => {
    const run = jobIds.indexOf(jobId);
    const progress = parseProgress(data);
    if (run >= 0 && !outcomes[run] && progress) observer.onProgress(run, progress);
  });
  /** Collects finished runs. Returns whether a pending run is missing from the queue. */
  const look = async (): Promise<boolean> => {
    const pending = jobIds.filter((_, run) => !outcomes[run]);
    let isLost = !(await areThere(connected, pending));
    for (const [run, jobId] of jobIds.entries()) {
      if (outcomes[run]) continue;
      const state = await runs.getJobState(jobId);
      if (state === 'unknown') isLost = true;
      if (state !== 'completed' && state !== 'failed') continue;
      const outcome = await outcomeOf(runs, jobId, configs[run]!);
      outcomes[run] = outcome;
      if ('result' in outcome) observer.onFinished(run, outcome.result);
      else observer.onFailed(run, outcome.failed);
    }
    return isLost;
  };
  let lost = 0;
  await patiently(() => submit(experiment, connected));
  const hintAt = performance.now() + hintMs;
  let isHinted = false;
  while (!signal.aborted) {
    const state = await patiently(async () => {
      if ((await cancelledOf(redis, [id])).size > 0) throw new Error(`sweep: ${CANCELLED}`);
      const wereDone = outcomes.every((outcome) => outcome);
      // The table's state must be read first: if it is complete, the runs are complete too.
      const table = await tables.getJobState(id);
      const isLost = await look();
      if (table === 'failed') throw new Error(`table: ${await reasonOf(tables, id)}`);
      if (table === 'completed') return 'over';
      // A table that is gone, or still waits although its runs are done, would never complete.
      if (wereDone && (table === 'unknown' || table === 'waiting-children')) return 'over';
      return !wereDone && (isLost || table === 'unknown') ? 'lost' : 'open';
    });
    if (state === 'lost') {
      lost += 1;
      await noteLoss(observer, lost);
      await patiently(() => submit(experiment, connected));
    }
    if (state === 'over')
      return { outcomes, report: ownTable(experiment, outcomes), stopped: false };
    await setTimeout(POLL_MS, undefined, { signal }).catch(() => {});
    if (isHinted || performance.now() < hintAt) continue;
    isHinted = true;
    // A Redis may refuse the list of its clients. Then nothing is said.
    if ((await runs.getWorkersCount().catch(() => null)) === 0) observer.onNote(NO_WORKER);
  }
  observer.onNote('The workers continue. Run the same command to collect their results.');
  return { outcomes, report: null, stopped: true };
}

/** Builds the table from the results checked here. A table written by a worker is not trusted. */
function ownTable(experiment: Experiment, outcomes: RunOutcome[]) {
  const results = outcomes.flatMap((one) => (one && 'result' in one ? [one.result] : []));
  return tableOf(experiment, results);
}

/**
 * Says that jobs are submitted again, and waits a while.
 *
 * @throws Error if the Redis has lost the experiment too often.
 */
async function noteLoss({ onNote }: RunObserver, times: number): Promise<void> {
  const what = 'the Redis has lost jobs of this experiment';
  const why = 'it was emptied, drops keys, or was restarted without persistence';
  const remedy = 'start it with --appendonly yes and maxmemory-policy noeviction';
  if (times > MAX_LOST) throw new Error(`--queue: ${what} ${times} times: ${why}; ${remedy}`);
  onNote(`${what}: ${why}; ${remedy}. They are submitted again (${times} of ${MAX_LOST})`);
  await setTimeout(RETRY_MS * 2 ** (times - 1));
}

/** The outcome of a run in the queue. */
async function outcomeOf(
  runs: Queue<unknown, unknown>,
  jobId: string,
  config: RunConfig,
): Promise<{ result: RunResult } | { failed: string }> {
  try {
    const job = await Job.fromId(runs, jobId);
    if (job?.failedReason) return { failed: printable(job.failedReason) };
    return { result: parseResultOf(config, job?.returnvalue) };
  } catch (error) {
    if (troubleOf(error as Error)) throw error;
    return {
      failed: printable(`the queue holds no valid result: ${(error as Error).message}`),
    };
  }
}

/** The reason why a job failed. */
async function reasonOf(queue: Queue<TableJobData, unknown>, id: string): Promise<string> {
  const job = await queue.getJob(id);
  return printable(job?.failedReason ?? 'the queue has no reason');
}
