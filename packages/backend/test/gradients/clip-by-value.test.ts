import { relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('derivatives of clipByValue on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const X = [-2, -0.5, 0, 0.5, 3];
  const LIMITS = [-1, 0.75] as const;
  const isInside = (x: number) => x >= LIMITS[0] && x <= LIMITS[1];
  const clip = (x: tf.Tensor) => tf.clipByValue(x, ...LIMITS);

  // tfjs, which computes on cpu, has no second derivative.
  const orders = backend === 'cpu' ? 1 : 3;
  const all = [
    ['first', 1, (x: number) => 3 * x ** 2],
    ['second', 2, (x: number) => 6 * x],
    ['third', 3, () => 6],
  ] as const;
  it.each(all.slice(0, orders))('of the %s order are exact', (_, order, slope) => {
    tf.tidy(() => {
      let f = (x: tf.Tensor): tf.Tensor => tf.sum(tf.pow(clip(x), 3));
      for (let i = 0; i < order; i++) {
        const below = f;
        f = (x) => tf.grad((t) => tf.sum(below(t)))(x);
      }
      const want = X.map((x) => (isInside(x) ? slope(x) : 0));
      expect(relativeError(f(tf.tensor1d(X)).dataSync(), want)).toBeLessThan(1e-6);
    });
  });

  it('of the second order in the upstream gradient are a mask', () => {
    tf.tidy(() => {
      const x = tf.tensor1d(X);
      const masked = (dy: tf.Tensor) => tf.grad(clip)(x, dy);
      const slope = tf.grad((dy) => tf.sum(tf.square(masked(dy))))(tf.tensor1d([1, 2, 3, 4, 5]));
      expect([...slope.dataSync()]).toEqual([0, 4, 6, 8, 0]);
    });
  });

  it('are those of a ReLU layer with a largest value', () => {
    tf.tidy(() => {
      const layer = tf.layers.reLU({ maxValue: 0.4 });
      const gradient = tf.grad((x) => tf.sum(layer.apply(x) as tf.Tensor));
      expect([...gradient(tf.tensor1d(X.concat(0.25))).dataSync()]).toEqual([0, 0, 0, 0, 0, 1]);
    });
  });

  it('of integers are those of tfjs', () => {
    tf.tidy(() => {
      const dx = tf.grad(clip)(tf.tensor1d([-3, 0, 4], 'int32'), tf.tensor1d([1, 2, 3]));
      expect([...dx.dataSync()]).toEqual([0, 2, 0]);
    });
  });
});
