import type { RunResult } from '../run/run-result.js';
import type { ClassTestTask, LabelDecisions } from './class-test.js';

/** The tests of several runs on one task, added up. */
export interface ClassGroup {
  /** What the runs have in common, such as their pooling. */
  name: string;
  task: string;
  classes: string[];
  runs: number;
  /** Number of predictions. */
  count: number;
  /** Number of examples by true and predicted class, where there are some. */
  confusion: { truth: number; predicted: number; count: number }[];
  /** With several labels for an example. */
  decisions?: LabelDecisions[];
}

/** One class of a group. */
export interface ClassRow {
  name: string;
  /** Number of examples of this class. */
  examples: number;
  /** Number of those that were predicted right. */
  right: number;
  /** Number of examples of all classes that got this class. */
  predicted: number;
  /** `right / examples`; NaN without examples. */
  accuracy: number;
}

/** Examples of one class that got another. */
export interface ConfusedPair {
  truth: string;
  predicted: string;
  count: number;
  /** Share of all examples of the true class. */
  share: number;
}

/**
 * Adds up the tests of runs with the same name, task and classes, in order of first appearance.
 * Runs without a test by class are left out.
 */
export function classGroups(runs: RunResult[], nameOf: (run: RunResult) => string): ClassGroup[] {
  const groups = new Map<string, { name: string; tests: ClassTestTask[] }>();
  for (const run of runs) {
    for (const test of run.classTest?.tasks ?? []) {
      const name = nameOf(run);
      const key = JSON.stringify([name, test.name, test.classes]);
      const group = groups.get(key) ?? { name, tests: [] };
      group.tests.push(test);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ name, tests }) => groupOf(name, tests));
}

function groupOf(name: string, tests: ClassTestTask[]): ClassGroup {
  const { name: task, classes } = tests[0]!;
  const counts = new Map<number, number>();
  for (const [truth, predicted, count] of tests.flatMap(({ confusion }) => confusion)) {
    const pair = truth * classes.length + predicted;
    counts.set(pair, (counts.get(pair) ?? 0) + count);
  }
  const confusion = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([pair, count]) => ({
      truth: Math.floor(pair / classes.length),
      predicted: pair % classes.length,
      count,
    }));
  const count = tests.reduce((total, test) => total + test.count, 0);
  const decisions = decisionsOf(classes, tests);
  return { name, task, classes, runs: tests.length, count, confusion, ...decisions };
}

function decisionsOf(classes: string[], tests: ClassTestTask[]): { decisions?: LabelDecisions[] } {
  if (!tests[0]!.decisions) return {};
  const sum = (label: number, key: keyof LabelDecisions) =>
    tests.reduce((total, { decisions }) => total + (decisions?.[label]?.[key] ?? 0), 0);
  return {
    decisions: classes.map((_, label) => ({
      examples: sum(label, 'examples'),
      found: sum(label, 'found'),
      falseAlarms: sum(label, 'falseAlarms'),
    })),
  };
}

/** The classes of a group, in their order. With several labels, a class is a label. */
export function classRows({ classes, confusion, decisions }: ClassGroup): ClassRow[] {
  const rows = classes.map((name, label) => {
    const { examples = 0, found = 0, falseAlarms = 0 } = decisions?.[label] ?? {};
    return { name, examples, right: found, predicted: found + falseAlarms };
  });
  for (const { truth, predicted, count } of confusion) {
    rows[truth]!.examples += count;
    rows[predicted]!.predicted += count;
    if (truth === predicted) rows[truth]!.right += count;
  }
  return rows.map((row) => ({ ...row, accuracy: row.right / row.examples }));
}

/** The pairs of classes that were confused, the most frequent first. */
export function confusedPairs(group: ClassGroup): ConfusedPair[] {
  const { classes, confusion } = group;
  const rows = classRows(group);
  return confusion
    .filter(({ truth, predicted }) => truth !== predicted)
    .sort((a, b) => b.count - a.count)
    .map(({ truth, predicted, count }) => ({
      truth: classes[truth]!,
      predicted: classes[predicted]!,
      count,
      share: count / rows[truth]!.examples,
    }));
}

/** The classes of which at least one example was tested, the least accurate first. */
export function weakestClasses(group: ClassGroup): ClassRow[] {
  return classRows(group)
    .filter(({ examples }) => examples > 0)
    .sort((a, b) => a.accuracy - b.accuracy);
}
