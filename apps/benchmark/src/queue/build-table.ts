import { reportOf } from '../experiments/experiment.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { writeReport } from '../experiments/write-report.js';
import { runId } from '../run-config.js';
import { Lease } from '../run-folder/lease.js';
import type { RunResult } from '../run-result.js';
import { insideFolder } from './inside-folder.js';
import { parseResult } from './result-schema.js';
import type { Experiment } from './run-queue.js';
import { parseTableJob } from './table-job.js';

/** What a table is built from. All of it comes from a queue, and is checked here. */
export interface TableInput {
  job: unknown;
  /** What the runs returned. */
  values: unknown[];
  outputFolder: string;
  /** Runs that a table may have. */
  maxRuns: number;
  /** The memory of a lease. Without one the table is written in any case. */
  lease?: SharedArrayBuffer;
}

/** The table of results that have been checked, or `null` if there is none. */
export function tableOf(
  { spec, context }: Experiment,
  results: RunResult[],
): ExperimentReport | null {
  return results.length > 0 ? reportOf(spec, results, context) : null;
}

/**
 * Builds a table and writes it into `tables/<id>` of the output folder. What is no result of a run
 * of the table is left out, and said.
 *
 * @throws Error if the job is not that of a table, or the table cannot be written.
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
