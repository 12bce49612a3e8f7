import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { channelsFirst, ordered } from '../../src/onnx/axis-order.js';

it('puts the channels after the batch', () => {
  expect([1, 2, 3, 4].map(channelsFirst)).toEqual([[0], [0, 1], [0, 2, 1], [0, 3, 1, 2]]);
});

it.each([[[2, 0, 1]], [[1, 0, 2]], [[2, 1, 0]], [[0, 1, 2]]])(
  'orders axes as a transposition by %j does',
  (order) => {
    const values = Float32Array.from({ length: 24 }, (_, at) => at);
    const wanted = tf.transpose(tf.tensor(values, [2, 3, 4]), order);
    const { shape, values: made } = ordered({ name: 'a', shape: [2, 3, 4], values }, order);
    expect(shape).toEqual(wanted.shape);
    expect(made).toEqual(wanted.dataSync());
  },
);

it('gives a vector the axes of an image', () => {
  const vector = { name: 'a', shape: [3], values: Float32Array.of(1, 2, 3) };
  expect(ordered(vector, [0, 3, 1, 2])).toEqual({ ...vector, shape: [1, 3, 1, 1] });
});
