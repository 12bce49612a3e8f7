import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('empty tensors on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [[0, 2, 2, 3], [0, 3, 1, 2], 'float32'],
    [[2, 0, 2, 3], [1, 3, 0, 2], 'int32'],
    [[2, 2, 0, 1, 3], [4, 3, 0, 2, 1], 'float32'],
  ] as const)('of %j are transposed by %j', (shape, perm, dtype) => {
    tf.tidy(() => {
      const y = tf.transpose(tf.zeros([...shape], dtype), [...perm]);
      expect(y.shape).toEqual(perm.map((axis) => shape[axis]));
      expect([y.dtype, y.dataSync().length]).toEqual([dtype, 0]);
    });
  });

  it('have cumulative sums along an inner axis', () => {
    const y = tf.tidy(() => tf.cumsum(tf.zeros([0, 2, 2, 3]), 1));
    expect(y.shape).toEqual([0, 2, 2, 3]);
    y.dispose();
  });

  it('are selected from, without a write beyond the result', () => {
    const condition = tf.ones([3, 3, 4], 'bool');
    const [none, ones] = [tf.zeros([0, 3, 1, 1]), tf.ones([3, 3, 4])];
    for (let i = 0; i < 40; i++) {
      const y = tf.where(condition, none, ones);
      expect(y.shape).toEqual([0, 3, 3, 4]);
      y.dispose();
      const two = tf.tidy(() => tf.add(tf.ones([i + 1]), 1));
      expect(two.dataSync()[i]).toBe(2);
      two.dispose();
    }
    tf.dispose([condition, none, ones]);
  });

  it('are selected by an empty condition', () => {
    const [condition, ones] = [tf.zeros([0, 1], 'bool'), tf.ones([1, 3])];
    const y = tf.where(condition, ones, ones);
    expect([y.shape, y.dataSync().length]).toEqual([[0, 3], 0]);
    tf.dispose([condition, ones, y]);
  });
});
