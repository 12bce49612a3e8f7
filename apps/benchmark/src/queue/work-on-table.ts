import { type Job, UnrecoverableError } from 'bullmq';
import { tableInThread } from './table-in-thread.js';
import { parseTableJob } from './table-job.js';
import {
  type ActiveJob,
  handBack,
  readJob,
  requireWanted,
  type WorkContext,
} from './work-context.js';

/**
 * Builds the table of an experiment. The job starts when the last run has ended.
 *
 * @throws Error if the table cannot be built, is cancelled or is handed back.
 */
export async function workOnTable(
  job: Job<unknown, { runs: number }>,
  token: string,
  context: WorkContext,
  { lease }: ActiveJob,
): Promise<{ runs: number }> {
  const { limits, outputFolder, stopped, kill, onNote } = context;
  const { id } = await readJob(() => parseTableJob(job.data, limits.tableRuns));
  await requireWanted([id], context);
  if (stopped.aborted) throw await handBack(job, token, `table ${id}`, context);
  const values = await valuesOfRuns(job);
  const maxRuns = limits.tableRuns;
  const input = { job: job.data, values, outputFolder, maxRuns, lease: lease.memory };
  const built = await tableInThread(input, kill, onNote).catch((error: Error) => {
    if (kill.aborted) return null;
    throw error;
  });
  if (!built) throw await handBack(job, token, `table ${id}`, context);
  return built;
}

/** The return values of a table's runs in the Redis. */
async function valuesOfRuns(job: Job): Promise<unknown[]> {
  try {
    return Object.values(await job.getChildrenValues());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnrecoverableError(
      `job ${job.id}: the results of its runs must be JSON: ${error.message}. ` +
        'Run the same sweep to submit it again',
    );
  }
}
