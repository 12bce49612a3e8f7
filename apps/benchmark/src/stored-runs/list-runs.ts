import path from 'node:path';
import Table from 'cli-table3';
import { percent } from '../experiments/summary-fields.js';
import { initialStrides } from '../network/initial-strides.js';
import { formatShare } from '../text/format.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { age } from '../text/units.js';
import { visibleText } from '../text/visible-text.js';
import { findRuns } from './find-runs.js';
import { readRun, type StoredRun } from './read-run.js';

/**
 * Lists the runs below a folder: as a table for each output folder, the newest last, or as a JSON
 * array.
 *
 * @throws Error that names the folder if it cannot be read.
 */
export async function listRuns(folder: string, json: boolean): Promise<string> {
  const folders = await findRuns(folder).catch((error) => {
    throw new Error(`list: <folder> must be a folder that can be read, got '${folder}'`, {
      cause: error,
    });
  });
  const runs: StoredRun[] = [];
  for (const one of folders) runs.push(await readRun(one));
  runs.sort((a, b) => a.written - b.written);
  if (json) return visibleText(JSON.stringify(runs.map(record), null, 1));
  if (runs.length === 0) return visibleText(`There are no runs below ${folder}`);
  const groups = new Map<string, StoredRun[]>();
  for (const run of runs) groups.set(headingOf(run), [...(groups.get(headingOf(run)) ?? []), run]);
  const text = [...groups].map(([heading, own]) => `${heading}\n${tableOf(own)}`).join('\n\n');
  return fitted(visibleText(text), columnsOf(process.stdout));
}

/** The output folder of a run, and its dataset. */
function headingOf({ folder, config }: StoredRun): string {
  return `${path.dirname(folder)}, ${config?.dataset ?? 'config.json cannot be read'}`;
}

/** The table of runs on one dataset. The id of a run begins with its pooling. */
function tableOf(runs: StoredRun[]): string {
  const table = new Table({
    head: ['run', 'strides', 'epoch', 'test', 'state', 'age', 'size'],
    style: { head: [], border: [] },
  });
  for (const { id, config: own, epochs, score, state, written, bytes } of runs) {
    table.push([
      id,
      own ? initialStrides(own).join(',') : '–',
      `${epochs}/${own?.epochs ?? '–'}`,
      formatShare(score ?? Number.NaN),
      state,
      age((Date.now() - written) / 1000),
      size(bytes),
    ]);
  }
  return table.toString();
}

/** Bytes as `224 kB` or `12 MB`. */
function size(bytes: number): string {
  const kilo = Math.ceil(bytes / 1000);
  return kilo < 1000 ? `${kilo} kB` : `${Math.ceil(kilo / 1000)} MB`;
}

/** A run as `--json` prints it. Shares are in percent, as in tables for programs. */
function record({ config, epochs, score, written, ...run }: StoredRun) {
  return {
    ...run,
    pooling: config?.pooling ?? null,
    strides: config?.strides ?? null,
    dataset: config?.dataset ?? null,
    seed: config?.seed ?? null,
    epochs: { done: epochs, planned: config?.epochs ?? null },
    score: score === null ? null : percent(score),
    written: new Date(written).toISOString(),
  };
}
