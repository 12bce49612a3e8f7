import { describe, expect, it } from 'vitest';
import { classTestSchema } from '../../src/class-test/class-test-schema.js';
import { runResult } from '../run-result.js';
import { PNG, testedResult } from '../tested-result.js';

const mistake = { example: 3, file: 'val/a.png', truth: 0, predicted: 1, probability: 0.9 };
const { classTest: good } = testedResult(
  runResult('conv', 1, 0),
  ['cat', '<dog>'],
  [
    [3, 1],
    [0, 4],
  ],
  { mistakes: [{ ...mistake, preview: PNG }] },
);

describe('classTestSchema', () => {
  it('accepts a test as it was written', () => {
    expect(classTestSchema.parse(JSON.parse(JSON.stringify(good)))).toEqual(good);
  });

  it.each([
    ['another version', { version: 2 }],
    ['a class that the task lacks', { tasks: [{ ...good!.tasks[0], confusion: [[0, 2, 1]] }] }],
    [
      'a mistake of such a class',
      { tasks: [{ ...good!.tasks[0], mistakes: [{ ...mistake, truth: 9, preview: null }] }] },
    ],
    [
      'a page for a preview',
      {
        tasks: [
          { ...good!.tasks[0], mistakes: [{ ...mistake, preview: 'data:text/html;base64,AAAA' }] },
        ],
      },
    ],
    [
      'an address for a preview',
      { tasks: [{ ...good!.tasks[0], mistakes: [{ ...mistake, preview: 'http://x/a.png' }] }] },
    ],
    ['a class name of two lines', { tasks: [{ ...good!.tasks[0], classes: ['a\nb', 'c'] }] }],
  ])('rejects %s', (_, change) => {
    expect(classTestSchema.safeParse({ ...good, ...change }).success).toBe(false);
  });
});
