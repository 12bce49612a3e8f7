import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type DiffStrideOptions, diffStride } from '../src/ops.js';

const FLOAT32 = 2e-5;

/** With eight channels or more, backends use their own kernels. The cpu backend has none. */
const CASES: [number[], number[], DiffStrideOptions][] = [
  [[2, 16, 12, 8], [2, 1.7], { smoothness: 2 }],
  [[1, 13, 11, 9], [2.6, 1.1], { smoothness: 3 }],
  [[2, 9, 8, 8], [1.7], {}],
  [[1, 32, 32, 16], [2.2, 1.9], { alignment: 'symmetric', norm: 'backward' }],
  [[1, 1, 7, 8], [1, 2], { smoothness: 1 }],
  [[1, 7, 9, 8], [9, 9], { smoothness: 0.5 }],
  [[1, 8, 8, 8], [1.3, 2], { smoothness: 9 }],
  [[1, 16, 16, 8], [2, 3], { smoothness: 0 }],
  [[1, 16, 16, 8], [2, 3], { cropping: false, norm: 'forward' }],
  [[1, 16, 16, 8], [1.2, 3], { lowerLimit: 1.5, upperLimit: 2.5 }],
  [[1, 16, 16, 8], [2, 3], { lowerLimit: 2, upperLimit: 2 }],
  [[1, 16, 12, 8], [2.1, 1.9], { smoothness: 0.1 }],
];

describe.each(BACKENDS.filter((backend) => backend !== 'cpu'))('kernels on %s', (backend) => {
  it.each(CASES)('match the cpu backend: %j, strides %j, %j', async (shape, values, options) => {
    const run = async (name: 'cpu' | typeof backend) => {
      await useBackend(name);
      return tf.tidy(() => {
        const x = unitTensor(1, shape) as tf.Tensor4D;
        const strides = tf.tensor1d(values);
        const y = diffStride(x, strides, options);
        const gradients = tf.grads((image: tf.Tensor, s: tf.Tensor) =>
          tf.sum(
            tf.mul(
              diffStride(image as tf.Tensor4D, s as tf.Tensor1D, options),
              unitTensor(2, y.shape),
            ),
          ),
        )([x, strides]);
        return [y, ...gradients].map((one) => Array.from(one.dataSync()));
      });
    };
    const want = await run('cpu');
    const got = await run(backend);
    got.forEach((one, at) => {
      expect(relativeError(one, want[at]!)).toBeLessThan(at === 2 ? 2e-4 : FLOAT32);
    });
  });
});
