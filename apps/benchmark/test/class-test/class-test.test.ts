import { expect, it } from 'vitest';
import { withoutExamples, withoutPreviews } from '../../src/class-test/class-test.js';
import { runResult } from '../run-result.js';
import { PNG, testedResult } from '../tested-result.js';

const matrix = [
  [1, 1],
  [0, 1],
];
const mistake = {
  example: 3,
  file: 'a.png',
  truth: 0,
  predicted: 1,
  probability: 0.9,
  preview: PNG,
};
const { classTest } = testedResult(runResult('conv', 1, 0), ['cat', 'dog'], matrix, {
  mistakes: [mistake],
});

it('leaves out contents, or files too, and keeps the numbers', () => {
  const [task] = classTest!.tasks as [object];
  expect(withoutPreviews(classTest!)).toEqual({
    version: 1,
    tasks: [{ ...task, mistakes: [{ ...mistake, preview: null }] }],
  });
  expect(withoutExamples(classTest!)).toEqual({ version: 1, tasks: [{ ...task, mistakes: [] }] });
});
