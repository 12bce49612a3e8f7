import { relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('derivatives of ReLU on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const X = [-2, -0.5, 0, 0.5, 3];
  const cube = (x: tf.Tensor) => tf.sum(tf.pow(tf.relu(x), 3));

  it.each([
    ['first', 1, (x: number) => 3 * x ** 2],
    ['second', 2, (x: number) => 6 * x],
    ['third', 3, () => 6],
  ] as const)('of the %s order are exact', (_, order, slope) => {
    tf.tidy(() => {
      let f: (x: tf.Tensor) => tf.Tensor = cube;
      for (let i = 0; i < order; i++) {
        const below = f;
        f = (x) => tf.grad((t) => tf.sum(below(t)))(x);
      }
      const want = X.map((x) => (x > 0 ? slope(x) : 0));
      expect(relativeError(f(tf.tensor1d(X)).dataSync(), want)).toBeLessThan(1e-6);
    });
  });

  it('of the second order in the upstream gradient are a mask', () => {
    tf.tidy(() => {
      const x = tf.tensor1d(X);
      const masked = (dy: tf.Tensor) => tf.grad((t) => tf.relu(t))(x, dy);
      const slope = tf.grad((dy) => tf.sum(tf.square(masked(dy))))(tf.tensor1d([1, 2, 3, 4, 5]));
      expect([...slope.dataSync()]).toEqual([0, 0, 0, 8, 10]);
    });
  });
});
