import { type RunSummary, summarise } from '../comparison.js';
import type { RunResult } from '../run-result.js';

/** The layout of the audio table: tasks alone and together × poolings. */
export interface AudioTableSpec {
  experiment: 'audio';
  /** Tasks of each network: each task alone, then all together. */
  groups: string[][];
  /** The order of the columns. */
  poolings: string[];
}

/** Results of a task, learned alone or with others; task `null` is the mean over a group. */
export interface AudioRow {
  task: string | null;
  group: string[];
  cells: { pooling: string; measured: RunSummary }[];
}

/**
 * One row for each task of each group, and a mean row for each group of several tasks. Leaves out
 * rows without results.
 */
export function audioRows(results: RunResult[], { groups, poolings }: AudioTableSpec): AudioRow[] {
  return groups.flatMap((group) => {
    const runs = results.filter(({ config }) => `${config.sounds?.tasks}` === `${group}`);
    const tasks = group.length > 1 ? [...group, null] : group;
    return tasks.flatMap((task) => {
      const cells = poolings.flatMap((pooling) => {
        const own = runs
          .filter(({ config }) => config.pooling === pooling)
          .map((run) => (task === null ? run : ofTask(run, task)));
        return own.length === 0 ? [] : [{ pooling, measured: summarise(own) }];
      });
      return cells.length === 0 ? [] : [{ task, group, cells }];
    });
  });
}

/** The label of a row: `digit, alone`, `digit, with speaker`, or the label of a mean. */
export function rowLabel({ task, group }: AudioRow): string {
  if (task === null) return `mean of ${group.join(', ')}, together`;
  const others = group.filter((name) => name !== task);
  return others.length === 0 ? `${task}, alone` : `${task}, with ${others.join(', ')}`;
}

/** A run with the score of one of its tasks. */
function ofTask(run: RunResult, task: string): RunResult {
  const score = run.taskAccuracies![task]!;
  if (run.meanAveragePrecision === undefined) return { ...run, accuracy: score };
  const at = run.sound!.tasks.findIndex(({ name }) => name === task);
  const last = run.epochs.at(-1)?.evaluation;
  return { ...run, meanAveragePrecision: score, auc: (last?.tasks?.[at] ?? last)?.auc };
}
