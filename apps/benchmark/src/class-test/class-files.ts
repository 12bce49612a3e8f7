import { stringify } from 'csv-stringify/sync';
import { runId } from '../config/run-config.js';
import { percent } from '../experiments/summary-fields.js';
import type { RunResult } from '../run/run-result.js';
import { classGroups, classRows } from './class-groups.js';

/** The names of all files that {@link classFiles} can make. */
export const CLASS_FILES = ['classes.csv', 'confusion.csv'];

/**
 * The tests by class of all runs as tables for programs: `classes.csv` has a row for each class of
 * each run, and `confusion.csv` one for each pair of classes that occurs. Empty if no run has such
 * a test.
 */
export function classFiles(results: RunResult[]): Record<string, string> {
  const tested = results.flatMap((result) =>
    classGroups([result], () => '').map((group) => {
      const { pooling, seed } = result.config;
      return { group, run: { run: runId(result.config), pooling, seed, task: group.task } };
    }),
  );
  if (tested.length === 0) return {};
  const classes = tested.flatMap(({ group, run }) =>
    classRows(group).map(({ name, examples, right, predicted, accuracy }) => ({
      ...run,
      ...{ class: name, examples, right, predicted, accuracy: percent(accuracy) },
    })),
  );
  const pairs = tested.flatMap(({ group, run }) =>
    group.confusion.map(({ truth, predicted, count }) => ({
      ...run,
      ...{ true: group.classes[truth], predicted: group.classes[predicted], count },
    })),
  );
  return {
    'classes.csv': stringify(classes, { header: true }),
    ...(pairs.length > 0 && { 'confusion.csv': stringify(pairs, { header: true }) }),
  };
}
