import { expect, it } from 'vitest';
import { classText } from '../../src/class-test/class-text.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';
import { testedResult } from '../tested-result.js';

const classes = ['cat', 'dog', 'owl', 'elk'];
const matrix = [
  [4, 0, 0, 0],
  [1, 3, 0, 0],
  [3, 0, 1, 0],
  [0, 0, 0, 4],
];

it('names the weakest half of few classes, and the most frequent confusion', () => {
  const runs = [testedResult(runResult('conv', 1, 0), classes, matrix)];
  expect(classText(runs)).toBe(
    'conv: 12 of 16 test images right; weakest: owl (25.0 %), dog (75.0 %); ' +
      'most frequent confusion: owl taken for cat (3 of 4).',
  );
});

it('says sounds of sounds, the task, and the number of runs', () => {
  const run = testedResult(soundResult('conv', 1, 0), classes, matrix, { name: 'animal' });
  expect(classText([run, run])).toMatch(
    /^conv \(animal\): 24 of 32 test sounds right over 2 runs;/,
  );
});

it('ends where all is right, and is empty without a test by class', () => {
  const perfect = testedResult(
    runResult('max', 1, 0),
    ['cat', 'dog'],
    [
      [2, 0],
      [0, 3],
    ],
  );
  expect(classText([perfect])).toBe('max: 5 of 5 test images right.');
  expect(classText([runResult('max', 1, 0.5)])).toBe('');
});

it('says of labels how many were found', () => {
  const decisions = [
    { examples: 5, found: 5, falseAlarms: 0 },
    { examples: 4, found: 1, falseAlarms: 0 },
  ];
  const run = testedResult(soundResult('max', 1, 0), ['rain', 'wind'], [], { count: 9, decisions });
  expect(classText([run])).toBe('max: 9 test sounds; least found: wind (1 of 4).');
});

it('says of a single label whether it was found', () => {
  const found = (count: number) => {
    const decisions = [{ examples: 4, found: count, falseAlarms: 0 }];
    const run = testedResult(soundResult('max', 1, 0), ['wind'], [], { count: 9, decisions });
    return classText([run]);
  };
  expect(found(1)).toBe('max: 9 test sounds; least found: wind (1 of 4).');
  expect(found(4)).toBe('max: 9 test sounds; every label was found.');
});
