import { type RunSummary, summarise } from '../comparison.js';
import type { RunResult } from '../run-result.js';

/** Sounds: tasks alone and together × poolings. */
export interface AudioTableSpec {
  experiment: 'audio';
  /** Tasks that a network learns: each alone, then all. */
  groups: string[][];
  /** The order of the columns. */
  poolings: string[];
}

/** One task, learned alone or with others; `null` for the mean over all tasks of a group. */
export interface AudioRow {
  task: string | null;
  group: string[];
  cells: { pooling: string; measured: RunSummary }[];
}

/** A row for each task of each group, and for each group of several its mean; what has no result yet is left out. */
export function audioRows(results: RunResult[], { groups, poolings }: AudioTableSpec): AudioRow[] {
  return groups.flatMap((group) => {
    const runs = results.filter(({ config }) => `${config.sounds?.tasks}` === `${group}`);
    const tasks = group.length > 1 ? [...group, null] : group;
    return tasks.flatMap((task) => {
      const cells = poolings.flatMap((pooling) => {
        const own = runs
          .filter(({ config }) => config.pooling === pooling)
          .map((run) => (task === null ? run : { ...run, accuracy: run.taskAccuracies![task]! }));
        return own.length === 0 ? [] : [{ pooling, measured: summarise(own) }];
      });
      return cells.length === 0 ? [] : [{ task, group, cells }];
    });
  });
}

/** `digit, alone`, `digit, with speaker`, or what a mean is of. */
export function rowLabel({ task, group }: AudioRow): string {
  if (task === null) return `mean of ${group.join(', ')}, together`;
  const others = group.filter((name) => name !== task);
  return others.length === 0 ? `${task}, alone` : `${task}, with ${others.join(', ')}`;
}
