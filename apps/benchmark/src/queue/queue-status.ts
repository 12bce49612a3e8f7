import { Queue } from 'bullmq';
import Table from 'cli-table3';
import type { RunConfig } from '../run-config.js';
import type { RunProgress } from '../run-result.js';
import { connect, PREFIX, RUNS, TABLES } from './connection.js';

/** What a queue holds. */
export interface QueueStatus {
  /** Jobs by their state. */
  runs: Record<string, number>;
  tables: Record<string, number>;
  workers: number;
  active: { run: string; step: number | null; totalSteps: number | null }[];
  failed: { run: string; reason: string }[];
}

/** Looks at a queue. */
export async function queueStatus(url: string): Promise<{ status: QueueStatus; text: string }> {
  const connection = connect(url, () => {});
  const options = { connection, prefix: PREFIX };
  const runs = new Queue<RunConfig>(RUNS, options);
  const tables = new Queue(TABLES, options);
  try {
    const status: QueueStatus = {
      runs: await runs.getJobCounts(),
      tables: await tables.getJobCounts(),
      workers: await runs.getWorkersCount(),
      active: (await runs.getActive()).map((job) => {
        const progress = job.progress as Partial<RunProgress>;
        return {
          run: job.name,
          step: progress.step ?? null,
          totalSteps: progress.totalSteps ?? null,
        };
      }),
      failed: (await runs.getFailed(0, 19)).map((job) => ({
        run: job.name,
        reason: job.failedReason,
      })),
    };
    return { status, text: textOf(status) };
  } finally {
    await Promise.all([runs.close(), tables.close()]);
    connection.disconnect();
  }
}

function textOf({ runs, tables, workers, active, failed }: QueueStatus): string {
  const states = ['waiting', 'delayed', 'active', 'completed', 'failed'];
  const table = new Table({ head: ['', ...states], style: { head: [], border: [] } });
  table.push(['runs', ...states.map((state) => runs[state] ?? 0)]);
  const waiting = (tables['waiting-children'] ?? 0) + (tables.waiting ?? 0);
  table.push(['tables', ...states.map((s) => (s === 'waiting' ? waiting : (tables[s] ?? 0)))]);
  return [
    `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    table.toString(),
    ...active.map(({ run, step, totalSteps }) =>
      step === null ? `${run}: begun` : `${run}: step ${step + 1}/${totalSteps}`,
    ),
    ...failed.map(({ run, reason }) => `${run}: failed: ${reason}`),
  ].join('\n');
}
