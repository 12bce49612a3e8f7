import { leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

describe.each(BACKENDS)('gradients on no samples, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each<[string, Binary]>([
    ['add', tf.add],
    ['sub', tf.sub],
    ['mul', tf.mul],
    ['div', tf.div],
    ['floorDiv', tf.floorDiv],
    ['mod', tf.mod],
    ['atan2', tf.atan2],
    ['pow', tf.pow],
    ['maximum', tf.maximum],
    ['minimum', tf.minimum],
    ['squaredDifference', tf.squaredDifference],
  ])('of %s are 0 for an operand of one row', (_name, op) => {
    const gradients = () =>
      tf.tidy(() => {
        const both = tf.grads(op as never);
        const made = both([tf.zeros([0, 5]), tf.ones([1, 5])], tf.zeros([0, 5]));
        expect(made.map(({ shape }) => shape)).toEqual([
          [0, 5],
          [1, 5],
        ]);
        expect(made[1]!.arraySync()).toEqual([[0, 0, 0, 0, 0]]);
      });
    gradients();
    expect(leakedTensors(gradients)).toBe(0);
  });

  it('of a product with one matrix for all are 0', () => {
    tf.tidy(() => {
      const both = tf.grads((a, b) => tf.matMul(a, b));
      const [da, db] = both([tf.zeros([0, 2, 5]), tf.ones([1, 5, 3])], tf.zeros([0, 2, 3]));
      expect(da!.shape).toEqual([0, 2, 5]);
      expect(db!.shape).toEqual([1, 5, 3]);
      expect(tf.max(tf.abs(db!)).dataSync()[0]).toBe(0);
    });
  });
});
