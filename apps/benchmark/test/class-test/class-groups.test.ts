import { describe, expect, it } from 'vitest';
import {
  classGroups,
  classRows,
  confusedPairs,
  weakestClasses,
} from '../../src/class-test/class-groups.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

const classes = ['cat', 'dog', 'owl'];
const first = testedResult(runResult('conv', 1, 0), classes, [
  [4, 1, 0],
  [3, 2, 0],
  [0, 0, 0],
]);
const second = testedResult(runResult('conv', 2, 0), classes, [
  [5, 0, 0],
  [0, 4, 1],
  [0, 0, 0],
]);
const other = testedResult(runResult('max', 1, 0), classes, [
  [5, 0, 0],
  [0, 5, 0],
  [0, 0, 5],
]);
const groups = classGroups(
  [first, other, second, runResult('blur', 1, 0.5)],
  (run) => run.config.pooling,
);

describe('classGroups', () => {
  it('adds up the runs of one name, and leaves out runs without a test by class', () => {
    expect(groups.map(({ name, runs, count }) => [name, runs, count])).toEqual([
      ['conv', 2, 20],
      ['max', 1, 15],
    ]);
    expect(groups[0]!.confusion).toEqual([
      { truth: 0, predicted: 0, count: 9 },
      { truth: 0, predicted: 1, count: 1 },
      { truth: 1, predicted: 0, count: 3 },
      { truth: 1, predicted: 1, count: 6 },
      { truth: 1, predicted: 2, count: 1 },
    ]);
  });

  it('keeps tests of other classes apart', () => {
    const changed = testedResult(
      runResult('conv', 3, 0),
      ['x', 'y'],
      [
        [1, 0],
        [0, 1],
      ],
    );
    expect(classGroups([first, changed], () => 'all')).toHaveLength(2);
  });

  it('adds up the decisions on labels', () => {
    const decisions = [{ examples: 5, found: 2, falseAlarms: 1 }];
    const run = testedResult(runResult('conv', 1, 0), ['rain'], [], { count: 9, decisions });
    const [group] = classGroups([run, run], () => 'all');
    expect(group).toMatchObject({
      count: 18,
      decisions: [{ examples: 10, found: 4, falseAlarms: 2 }],
    });
    expect(classRows(group!)).toEqual([
      { name: 'rain', examples: 10, right: 4, predicted: 6, accuracy: 0.4 },
    ]);
  });
});

describe('a group', () => {
  it('has a row for each class, also for one without examples', () => {
    expect(classRows(groups[0]!)).toEqual([
      { name: 'cat', examples: 10, right: 9, predicted: 12, accuracy: 0.9 },
      { name: 'dog', examples: 10, right: 6, predicted: 7, accuracy: 0.6 },
      { name: 'owl', examples: 0, right: 0, predicted: 1, accuracy: Number.NaN },
    ]);
    expect(weakestClasses(groups[0]!).map(({ name }) => name)).toEqual(['dog', 'cat']);
  });

  it('has its confused pairs, the most frequent first', () => {
    const pairs = confusedPairs(groups[0]!);
    expect(pairs[0]).toEqual({ truth: 'dog', predicted: 'cat', count: 3, share: 0.3 });
    expect(pairs.map(({ count }) => count)).toEqual([3, 1, 1]);
    expect(confusedPairs(groups[1]!)).toEqual([]);
  });
});
