import type { Job, JobType, Queue } from 'bullmq';
import Table from 'cli-table3';
import { printable } from './plain-text.js';
import { parseProgress } from './result-schema.js';
import { type QueueAccess, type Queues, withQueues } from './with-queues.js';

/** The state of a queue. */
export interface QueueStatus {
  /** Number of jobs in each state. */
  runs: Record<string, number>;
  tables: Record<string, number>;
  workers: number;
  /** Unfinished experiments by id. */
  experiments: { id: string; kind: string }[];
  /** Runs by id, as `queue cancel` takes it. */
  waiting: string[];
  active: { id: string; run: string; step: number | null; totalSteps: number | null }[];
  failed: { id: string; run: string; reason: string }[];
}

/** Largest number of experiments, waiting runs and failures to list. */
const LISTED = 20;

/** Shown for a job with garbled fields. */
const UNREADABLE = 'its fields cannot be read';

/** Reads the state of a queue. */
export async function queueStatus(
  url: string,
  access?: QueueAccess,
): Promise<{ status: QueueStatus; text: string }> {
  const look = async ({ runs, tables }: Queues) => {
    const open = await listed(tables, ['waiting-children', 'waiting', 'active'], LISTED);
    const active = await listed(runs, ['active']);
    const failed = await listed(runs, ['failed'], LISTED);
    const status: QueueStatus = {
      runs: await runs.getJobCounts(),
      tables: await tables.getJobCounts(),
      workers: await runs.getWorkersCount(),
      experiments: open.map(([id, job]) => ({
        id: printable(id),
        kind: job ? printable(job.name) : UNREADABLE,
      })),
      waiting: (await runs.getRanges(['waiting', 'delayed'], 0, LISTED - 1)).map(printable),
      active: active.map(([id, job]) => {
        const progress = parseProgress(job?.progress);
        return {
          id: printable(id),
          run: printable(job?.name ?? id),
          step: progress?.step ?? null,
          totalSteps: progress?.totalSteps ?? null,
        };
      }),
      failed: failed.map(([id, job]) => ({
        id: printable(id),
        run: printable(job?.name ?? id),
        reason: job ? printable(job.failedReason) : UNREADABLE,
      })),
    };
    return { status, text: textOf(status) };
  };
  return withQueues(url, look, access);
}

/** Up to `count` jobs in each state, or all, by id. A job with garbled fields is `null`. */
async function listed(
  queue: Queue,
  states: JobType[],
  count = 0,
): Promise<[id: string, job: Job | null][]> {
  const ids = [...new Set(await queue.getRanges(states, 0, count - 1))];
  return Promise.all(
    ids.map(async (id): Promise<[string, Job | null]> => {
      const job = await queue.getJob(id).catch((error: Error) => {
        if (error instanceof SyntaxError || error instanceof TypeError) return null;
        throw error;
      });
      return [id, job ?? null];
    }),
  );
}

function textOf({ runs, tables, workers, experiments, active, failed }: QueueStatus): string {
  const states = ['waiting', 'delayed', 'active', 'completed', 'failed'];
  const table = new Table({ head: ['', ...states], style: { head: [], border: [] } });
  table.push(['runs', ...states.map((state) => runs[state] ?? 0)]);
  const waiting = (tables['waiting-children'] ?? 0) + (tables.waiting ?? 0);
  table.push(['tables', ...states.map((s) => (s === 'waiting' ? waiting : (tables[s] ?? 0)))]);
  return [
    `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    table.toString(),
    ...experiments.map(({ id, kind }) => `experiment ${id}: ${kind}`),
    ...active.map(({ id, step, totalSteps }) =>
      step === null ? `${id}: begun` : `${id}: step ${step + 1}/${totalSteps}`,
    ),
    ...failed.map(({ id, reason }) => `${id}: failed: ${reason}`),
  ].join('\n');
}
