import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { FlowProducer, Job, Queue, QueueEvents } from 'bullmq';
import stringify from 'safe-stable-stringify';
import type { ExperimentReport } from '../experiments/experiment.js';
import { runId } from '../run-config.js';
import type { RunProgress, RunResult } from '../run-result.js';
import { connect, isConnectionError, PREFIX, RUNS, requireRedis, TABLES } from './connection.js';
import { ATTEMPTS, BACKOFF_MS } from './retries.js';
import type { Experiment, RunObserver, RunOutcome, RunQueue } from './run-queue.js';

/** What the job of a table holds; it waits for the jobs of its runs. */
export interface TableJobData extends Experiment {
  id: string;
}

/** What it returns. */
export interface TableJobResult {
  report: ExperimentReport | null;
}

/** Names an experiment by everything that decides its table. */
export function experimentId({ spec, configs }: Experiment): string {
  const content = stringify({ spec, runs: configs.map(runId) })!;
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

/** Milliseconds that closing may take: after the server was away BullMQ can wait for ever. */
const CLOSE_MS = 2_000;

/** Milliseconds between two looks at what is done. */
const POLL_MS = 500;

/**
 * Leaves the runs to whoever works for a queue on Redis (BullMQ), and waits for the table. Submitting the same experiment
 * again finds the one that is there: what is done stays done, what failed is tried again.
 */
export function redisQueue(url: string): RunQueue {
  return {
    execute: async (experiment, observer, signal) => {
      if (signal.aborted) {
        return { outcomes: experiment.configs.map(() => null), report: null, stopped: true };
      }
      await requireRedis(url);
      const connection = connect(url, observer.onNote);
      const options = { connection, prefix: PREFIX };
      const runs = new Queue<unknown, RunResult>(RUNS, options);
      const tables = new Queue<TableJobData, TableJobResult>(TABLES, options);
      const flows = new FlowProducer(options);
      const events = new QueueEvents(RUNS, options);
      const say = (error: Error) => {
        if (!isConnectionError(error)) observer.onNote(error.message);
      };
      runs.on('error', say);
      tables.on('error', say);
      flows.on('error', say);
      events.on('error', say);
      try {
        await submit(experiment, tables, runs, flows);
        return await follow(experiment, tables, runs, events, observer, signal);
      } finally {
        const closed = Promise.all([flows.close(), events.close(), runs.close(), tables.close()]);
        await Promise.race([closed, setTimeout(CLOSE_MS)]);
        connection.disconnect();
      }
    },
  };
}

/** A run's job: its configuration's hash within the experiment, so that no run of it counts twice. */
function runJobId(experiment: string, run: string): string {
  return `${experiment}.${run}`;
}

async function submit(
  experiment: Experiment,
  tables: Queue<TableJobData, TableJobResult>,
  runs: Queue<unknown, RunResult>,
  flows: FlowProducer,
): Promise<void> {
  const id = experimentId(experiment);
  const table = await tables.getJob(id);
  if (table) {
    const failed = await failedRuns(experiment, runs);
    const isOver = (await table.isCompleted()) || (await table.isFailed());
    if (failed.length === 0 && !(await table.isFailed())) return;
    if (!isOver) {
      for (const job of failed) await job.retry();
      return;
    }
    await table.remove({ removeChildren: false });
    for (const job of failed) await job.remove();
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
        // The table is built from the others; it says what is missing.
        ignoreDependencyOnFailure: true,
      },
    })),
  });
}

async function failedRuns(
  experiment: Experiment,
  runs: Queue<unknown, RunResult>,
): Promise<Job<unknown, RunResult>[]> {
  const failed: Job<unknown, RunResult>[] = [];
  for (const config of experiment.configs) {
    const job = await runs.getJob(runJobId(experimentId(experiment), runId(config)));
    if (job && (await job.isFailed())) failed.push(job);
  }
  return failed;
}

async function follow(
  experiment: Experiment,
  tables: Queue<TableJobData, TableJobResult>,
  runs: Queue<unknown, RunResult>,
  events: QueueEvents,
  observer: RunObserver,
  signal: AbortSignal,
) {
  const id = experimentId(experiment);
  const jobIds = experiment.configs.map((config) => runJobId(id, runId(config)));
  const outcomes: RunOutcome[] = jobIds.map(() => null);
  events.on('progress', ({ jobId, data }) => {
    const run = jobIds.indexOf(jobId);
    if (run >= 0 && !outcomes[run]) observer.onProgress(run, data as RunProgress);
  });
  const look = async () => {
    for (const [run, jobId] of jobIds.entries()) {
      if (outcomes[run]) continue;
      const state = await runs.getJobState(jobId);
      if (state !== 'completed' && state !== 'failed') continue;
      const job = (await Job.fromId<unknown, RunResult>(runs, jobId))!;
      if (state === 'completed') {
        outcomes[run] = { result: job.returnvalue };
        observer.onFinished(run, job.returnvalue);
      } else {
        outcomes[run] = { failed: job.failedReason };
        observer.onFailed(run, job.failedReason);
      }
    }
  };
  while (!signal.aborted) {
    await look();
    const table = await tables.getJob(id);
    if (await table?.isCompleted()) {
      await look();
      return { outcomes, report: table!.returnvalue.report, stopped: false };
    }
    if (await table?.isFailed()) throw new Error(`table: ${table!.failedReason}`);
    await setTimeout(POLL_MS);
  }
  observer.onNote('The workers go on; the same command comes back to what they have done.');
  return { outcomes, report: null, stopped: true };
}
