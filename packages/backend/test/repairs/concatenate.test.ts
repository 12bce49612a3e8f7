import { unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([-1, -2, -3, 1, 2, 3])('joins maps along axis %i', (axis) => {
    const inputs = [tf.input({ shape: [3, 4, 2] }), tf.input({ shape: [3, 4, 2] })];
    const outputs = tf.layers.concatenate({ axis }).apply(inputs) as tf.SymbolicTensor;
    const model = tf.model({ inputs, outputs });
    const maps = [1, 2].map((seed) => unitTensor(seed, [2, 3, 4, 2]));
    const [got, want] = [model.predict(maps) as tf.Tensor, tf.concat(maps, axis)];
    expect(got.shape).toEqual([2, ...outputs.shape.slice(1)]);
    expect(got.shape).toEqual(want.shape);
    expect(got.dataSync()).toEqual(want.dataSync());
    tf.dispose([got, want, ...maps]);
  });
});
