import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ['softmax', tf.softmax],
    ['cumsum', tf.cumsum],
    ['cumprod', tf.cumprod],
  ])('%s refuses a scalar, and takes a vector', (name, op) => {
    tf.tidy(() => {
      const run = (x: tf.Tensor) => (op as (x: tf.Tensor) => tf.Tensor)(x);
      expect(() => run(tf.scalar(2))).toThrow(
        `${name}: the tensor must have an axis, got a scalar`,
      );
      expect(run(tf.tensor1d([2])).dataSync()[0]).toBe(name === 'softmax' ? 1 : 2);
    });
  });
});
