import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('a negative axis counts from the end', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      expect(tf.cumsum(x, -1).arraySync()).toEqual([
        [1, 3, 6],
        [4, 9, 15],
      ]);
      expect(tf.cumprod(x, -2).arraySync()).toEqual([
        [1, 2, 3],
        [4, 10, 18],
      ]);
      expect(tf.cumsum(x, -1, true, true).arraySync()).toEqual([
        [5, 3, 0],
        [11, 6, 0],
      ]);
    });
  });

  it('has the gradient of a cumulative sum along it', () => {
    tf.tidy(() => {
      const dx = tf.grad((x: tf.Tensor) => tf.cumsum(x, -1))(tf.ones([2, 3]));
      expect(dx.arraySync()).toEqual([
        [3, 2, 1],
        [3, 2, 1],
      ]);
    });
  });

  it('refuses an axis that does not exist', () => {
    expect(() => tf.tidy(() => tf.cumsum(tf.ones([2, 3]), 2))).toThrow(/axis/);
    expect(() => tf.tidy(() => tf.cumsum(tf.ones([2, 3]), -3))).toThrow(/axis/);
  });
});
