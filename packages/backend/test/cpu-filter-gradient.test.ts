import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { directConvolution, type Sizes, shapesOf } from './direct-convolution.js';

/** Rounding of the sums to float32. */
const FLOAT32 = 1e-6;

const one: Sizes = {
  batch: 2,
  image: [7, 6],
  channels: 3,
  filters: 5,
  window: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pad: 'same',
};

describe('the filter gradient of a convolution on cpu', () => {
  beforeAll(() => useBackend('cpu'));

  it.each<Partial<Sizes>>([
    {},
    { pad: 'valid', strides: [2, 3] },
    { strides: [2, 2], image: [8, 5] },
    { window: [1, 4], strides: [1, 2] },
    { image: [1, 1], window: [1, 1], channels: 1, filters: 1 },
    { image: [2, 2], window: [5, 5] },
    {
      pad: [
        [2, 0],
        [1, 3],
      ],
      strides: [3, 1],
    },
  ])('matches its definition: %o', (change) => {
    const sizes = { ...one, ...change };
    const shapes = shapesOf(sizes, false);
    const [x, filter, dy] = [shapes.x, shapes.filter, shapes.y].map((shape, i) =>
      unitTensor(i + 1, shape),
    ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const { pad, strides } = sizes;
    const explicit = typeof pad === 'string' ? pad : [[0, 0], ...pad, [0, 0]];
    const gradient = tf.grad((w) =>
      tf.sum(tf.mul(tf.conv2d(x, w as tf.Tensor4D, strides, explicit as 'same'), dy)),
    );
    const got = gradient(filter);
    const { df } = directConvolution(sizes, false, x.dataSync(), filter.dataSync(), dy.dataSync());
    expect(got.shape).toEqual(filter.shape);
    expect(relativeError(got.dataSync(), df)).toBeLessThan(FLOAT32);
    tf.dispose([x, filter, dy, got]);
  });
});
