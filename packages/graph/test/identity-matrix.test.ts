import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { isIdentityMatrix } from '../src/index.js';

beforeAll(() => tf.setBackend('cpu'));

it.each<[string, number[][], boolean]>([
  ['one pixel', [[1]], true],
  [
    'three pixels',
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    true,
  ],
  [
    'rounding',
    [
      [1 + 5e-7, -5e-7],
      [5e-7, 1 - 5e-7],
    ],
    true,
  ],
  [
    'more than rounding',
    [
      [1, 2e-6],
      [0, 1],
    ],
    false,
  ],
  [
    'a reversal',
    [
      [0, 1],
      [1, 0],
    ],
    false,
  ],
  ['fewer rows', [[1, 0]], false],
  [
    'a missing number',
    [
      [1, 0],
      [0, Number.NaN],
    ],
    false,
  ],
])('decides for %s', (_case, rows, isIdentity) => {
  const matrix = tf.tensor2d(rows);
  expect(isIdentityMatrix(matrix)).toBe(isIdentity);
  matrix.dispose();
});
