import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunResult } from '../run/run-result.js';
import { findRuns } from './find-runs.js';
import { storedResult } from './read-run.js';

/** The finished runs of some folders. */
export interface StoredResults {
  results: RunResult[];
  /** The run folders without a result. */
  unfinished: string[];
}

/**
 * Reads the results of all finished runs in the given folders. Each is a run folder, or a folder
 * with run folders below it, or one with `results.json` only, such as a table of a queue. A run
 * that is found twice counts once.
 *
 * @throws Error that names a folder that cannot be read, or has no finished run.
 */
export async function storedResults(folders: string[]): Promise<StoredResults> {
  const byConfig = new Map<string, RunResult>();
  const unfinished: string[] = [];
  for (const folder of folders) {
    const runs = await findRuns(folder).catch((error) => {
      throw new Error(`report: <folders> must be folders that can be read, got '${folder}'`, {
        cause: error,
      });
    });
    const found: RunResult[] = [];
    for (const run of runs) {
      const result = await storedResult(run);
      if (result) found.push(result);
      else unfinished.push(run);
    }
    if (runs.length === 0) found.push(...(await tableResults(folder)));
    if (found.length === 0) {
      throw new Error(
        `report: <folders> must contain finished runs, got '${folder}' with ` +
          (runs.length > 0 ? `${runs.length} unfinished` : 'none'),
      );
    }
    for (const result of found) byConfig.set(JSON.stringify(result.config), result);
  }
  return { results: [...byConfig.values()], unfinished };
}

/** The results in the folder of a table, without those of runs that were stopped. */
async function tableResults(folder: string): Promise<RunResult[]> {
  const text = await readFile(path.join(folder, 'results.json'), 'utf8').catch(() => '[]');
  try {
    const results: RunResult[] = JSON.parse(text);
    return results.filter(({ config, stopped }) => config && !stopped);
  } catch (error) {
    const file = path.join(folder, 'results.json');
    throw new Error(`${file}: must be a list of results, got damaged content`, { cause: error });
  }
}
