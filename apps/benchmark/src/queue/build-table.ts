import { runId } from '../config/run-config.js';
import { reportOf } from '../experiments/experiment.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { writeReport } from '../experiments/write-report.js';
import type { RunResult } from '../run/run-result.js';
import { Lease } from '../run-folder/lease.js';
import { insideFolder } from './inside-folder.js';
import { parseResult } from './result-schema.js';
import type { Experiment } from './run-queue.js';
import { parseTableJob } from './table-job.js';

/** The input of a table. It comes from a queue, so it is checked here. */
export interface TableInput {
  job: unknown;
  /** The return values of the runs. */
  values: unknown[];
  outputFolder: string;
  /** The largest number of runs in a table. */
  maxRuns: number;
  /** The lease of the table's lock. Without a lease the table is always written. */
  lease?: SharedArrayBuffer;
}

/** Builds a table from checked results. Returns `null` if there are none. */
export function tableOf(
  { spec, context }: Experiment,
  results: RunResult[],
): ExperimentReport | null {
  return results.length > 0 ? reportOf(spec, results, context) : null;
}

/**
 * Builds a table and writes it to `tables/<id>` in the output folder. A result that does not belong
 * to a run of the table is left out with a note.
 *
 * @throws Error if the job is not a table's job, or the table cannot be written.
 */
export async function buildTable(
  { job, values, outputFolder, maxRuns, lease }: TableInput,
  onNote: (message: string) => void,
): Promise<{ runs: number }> {
  const { id, configs, ...rest } = parseTableJob(job, maxRuns);
  const folder = insideFolder(outputFolder, 'tables', id);
  const byRun = new Map<string, RunResult>();
  for (const value of values) {
    try {
      const result = parseResult(value);
      byRun.set(runId(result.config), result);
    } catch (error) {
      onNote(`table ${id}: one of its results is left out: ${(error as Error).message}`);
    }
  }
  const results = configs.flatMap((config) => byRun.get(runId(config)) ?? []);
  const report = tableOf({ configs, ...rest }, results);
  const mayWrite = lease && (() => new Lease(lease).requireHeld());
  if (report) await writeReport(report, results, folder, mayWrite);
  return { runs: results.length };
}
