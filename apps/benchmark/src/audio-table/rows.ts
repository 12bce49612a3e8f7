import type { RunConfig } from '../config/run-config.js';
import type { RunResult } from '../run/run-result.js';
import { type RunSummary, summarise } from '../statistics/comparison.js';

/** The values of a pattern field that are tested one after the other, each by its own networks. */
export interface TestEach {
  field: string;
  values: string[];
}

/** The layout of the audio table: tasks alone and together × poolings. */
export interface AudioTableSpec {
  experiment: 'audio';
  /** Tasks of each network: each task alone, then all together. */
  groups: string[][];
  /** The order of the columns. */
  poolings: string[];
  /** Each of these values has rows of its own, before those of all of them. */
  testEach?: TestEach;
}

/** Results of a task, learned alone or with others; task `null` is the mean over a group. */
export interface AudioRow {
  task: string | null;
  group: string[];
  /** What tested, such as `speaker ann`; `null` for all runs. */
  tested: string | null;
  cells: { pooling: string; measured: RunSummary }[];
}

/**
 * One row for each task of each group, and a mean row for each group of several tasks. With
 * `testEach`, each of them is a row for each tested value, and a row for all runs. Leaves out rows
 * without results.
 */
export function audioRows(results: RunResult[], spec: AudioTableSpec): AudioRow[] {
  const { groups, poolings, testEach } = spec;
  const values = testEach ? [...testEach.values, null] : [null];
  return groups.flatMap((group) => {
    const runs = runsOfGroup(results, group);
    const tasks = group.length > 1 ? [...group, null] : group;
    return tasks.flatMap((task) =>
      values.flatMap((value) => {
        const cells = poolings.flatMap((pooling) => {
          const own = runs
            .filter(({ config }) => config.pooling === pooling)
            .filter(({ config }) => value === null || isTestedOn(config, testEach!.field, value))
            .map((run) => (task === null ? run : ofTask(run, task)));
          return own.length === 0 ? [] : [{ pooling, measured: summarise(own) }];
        });
        const tested = value === null ? null : `${testEach!.field} ${value}`;
        return cells.length === 0 ? [] : [{ task, group, tested, cells }];
      }),
    );
  });
}

/** The runs that learned these tasks, and no others. */
export function runsOfGroup(results: RunResult[], group: string[]): RunResult[] {
  return results.filter(({ config }) => `${config.sounds?.tasks}` === `${group}`);
}

function isTestedOn({ sounds }: RunConfig, field: string, value: string): boolean {
  return sounds?.test?.[field]?.includes(value) ?? false;
}

/**
 * The label of a row: `digit, alone`, `digit, with speaker`, or the label of a mean, and what
 * tested: `digit, alone: speaker ann`.
 */
export function rowLabel({ task, group, tested }: AudioRow): string {
  const label = taskLabel(task, group);
  return tested === null ? label : `${label}: ${tested}`;
}

function taskLabel(task: string | null, group: string[]): string {
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
