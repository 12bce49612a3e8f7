import { Queue } from 'bullmq';
import Table from 'cli-table3';
import { connect, PREFIX, RUNS, TABLES } from './connection.js';
import { printable } from './plain-text.js';
import { parseProgress } from './result-schema.js';

/** What a queue holds. */
export interface QueueStatus {
  /** Jobs by their state. */
  runs: Record<string, number>;
  tables: Record<string, number>;
  workers: number;
  /** Experiments that have not ended, by their ids. */
  experiments: { id: string; kind: string }[];
  active: { run: string; step: number | null; totalSteps: number | null }[];
  failed: { run: string; reason: string }[];
}

/** Experiments and failures that are listed. */
const LISTED = 20;

/** Looks at a queue. */
export async function queueStatus(url: string): Promise<{ status: QueueStatus; text: string }> {
  const connection = connect(url, () => {});
  const options = { connection, prefix: PREFIX };
  const runs = new Queue(RUNS, options);
  const tables = new Queue(TABLES, options);
  for (const queue of [runs, tables]) queue.on('error', () => {});
  try {
    const status: QueueStatus = {
      runs: await runs.getJobCounts(),
      tables: await tables.getJobCounts(),
      workers: await runs.getWorkersCount(),
      experiments: (
        await tables.getJobs(['waiting-children', 'waiting', 'active'], 0, LISTED - 1)
      ).map((job) => ({ id: printable(job.id), kind: printable(job.name) })),
      active: (await runs.getActive()).map((job) => {
        const progress = parseProgress(job.progress);
        return {
          run: printable(job.name),
          step: progress?.step ?? null,
          totalSteps: progress?.totalSteps ?? null,
        };
      }),
      failed: (await runs.getFailed(0, LISTED - 1)).map((job) => ({
        run: printable(job.name),
        reason: printable(job.failedReason),
      })),
    };
    return { status, text: textOf(status) };
  } finally {
    await Promise.all([runs.close(), tables.close()]);
    connection.disconnect();
  }
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
    ...active.map(({ run, step, totalSteps }) =>
      step === null ? `${run}: begun` : `${run}: step ${step + 1}/${totalSteps}`,
    ),
    ...failed.map(({ run, reason }) => `${run}: failed: ${reason}`),
  ].join('\n');
}
