import { describe, expect, it } from 'vitest';
import { confusedClasses, nearGuessing } from '../../src/next-steps/class-rules.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

const classes = ['cat', 'dog', 'owl'];
const tested = (matrix: number[][]) =>
  testedResult(runResult('conv', 1, 0), classes.slice(0, matrix.length), matrix);

describe('nearGuessing', () => {
  const guess = tested([
    [8, 2],
    [7, 3],
  ]);

  it('needs a test no better than the most frequent class', () => {
    expect(nearGuessing(guess)).toEqual({
      seen:
        'The test accuracy of 55.0 % is no better than always naming the most frequent class ' +
        '(50.0 %).',
      advice: 'Train longer: a larger preset, or more --epochs than 1.',
    });
    expect(
      nearGuessing(
        tested([
          [9, 1],
          [1, 9],
        ]),
      ),
    ).toBeNull();
  });

  it('does not send a network that has learned its training data to train longer', () => {
    const [epoch] = guess.epochs as [(typeof guess.epochs)[0]];
    const epochs = Array.from({ length: 5 }, () => ({ ...epoch, accuracy: 0.95 }));
    expect(nearGuessing({ ...guess, epochs })).toBeNull();
    expect(
      nearGuessing({ ...guess, epochs: epochs.map((one) => ({ ...one, accuracy: 0.5 })) }),
    ).not.toBeNull();
  });

  it('needs a test by class', () => {
    expect(nearGuessing(runResult('conv', 1, 0.1))).toBeNull();
  });
});

describe('confusedClasses', () => {
  it('names the pair that stands out', () => {
    const step = confusedClasses(
      tested([
        [10, 9, 1],
        [1, 18, 1],
        [1, 1, 18],
      ]),
    );
    expect(step!.seen).toBe('cat is taken for dog in 9 of 20 test images (conv, seed 1).');
    expect(step!.advice).toContain('Look at images of both classes');
  });

  it('names held-out images where the run was scored on them', () => {
    const run = tested([
      [10, 9, 1],
      [1, 18, 1],
      [1, 1, 18],
    ]);
    const held = { ...run, config: { ...run.config, validationImages: 60 } };
    expect(confusedClasses(held)!.seen).toContain('in 9 of 20 held-out images');
  });

  it.each([
    [
      'mistakes that fall on all classes alike',
      [
        [10, 5, 5],
        [5, 10, 5],
        [5, 5, 10],
      ],
    ],
    [
      'two mistakes',
      [
        [8, 2, 0],
        [0, 10, 0],
        [0, 0, 10],
      ],
    ],
    [
      'mistakes on a small part of a class',
      [
        [96, 4, 0],
        [0, 99, 1],
        [0, 1, 99],
      ],
    ],
    [
      'no mistake',
      [
        [5, 0],
        [0, 5],
      ],
    ],
  ])('is silent on %s', (_, matrix) => {
    expect(confusedClasses(tested(matrix))).toBeNull();
  });

  it('needs no third class', () => {
    expect(
      confusedClasses(
        tested([
          [6, 4],
          [0, 10],
        ]),
      ),
    ).not.toBeNull();
  });
});
