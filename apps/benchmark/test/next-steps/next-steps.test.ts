import { expect, it } from 'vitest';
import { nextSteps } from '../../src/next-steps/next-steps.js';
import { compareRuns } from '../../src/statistics/comparison.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

const rowsOf = (...runs: ReturnType<typeof runResult>[]) => compareRuns(runs, ['conv', 'max']);

it('gives no advice without evidence', () => {
  expect(nextSteps(rowsOf(runResult('conv', 1, 0.9)))).toEqual([]);
  expect(nextSteps([])).toEqual([]);
});

it('gives no advice on a run that was stopped', () => {
  const guess = testedResult(
    runResult('conv', 1, 0),
    ['a', 'b'],
    [
      [5, 5],
      [5, 5],
    ],
  );
  expect(nextSteps(rowsOf(guess))).toHaveLength(1);
  expect(nextSteps(rowsOf({ ...guess, stopped: true }))).toEqual([]);
});

it('says only that a network guesses, if it does', () => {
  const matrix = [
    [5, 5],
    [5, 5],
  ];
  const rows = rowsOf(
    testedResult(runResult('conv', 1, 0), ['a', 'b'], matrix),
    testedResult(runResult('max', 1, 0), ['a', 'b'], matrix),
  );
  const steps = nextSteps(rows);
  expect(steps).toHaveLength(1);
  expect(steps[0]!.seen).toContain('no better than always naming the most frequent class (50.0 %)');
});
