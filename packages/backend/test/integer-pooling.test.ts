import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** float32 does not have this integer. */
const ODD = 2 ** 24 + 1;

const PIXELS = [ODD, ODD - 1, -ODD, -ODD - 2, 3, -7, 2, 9, -4, -5, 6, -1, 0, 8, -2, -3];

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('maxima of windows of integers are exact', () => {
    tf.tidy(() => {
      const x = tf.tensor4d(PIXELS, [1, 4, 4, 1], 'int32');
      const y = tf.maxPool(x, 2, 2, 'valid');
      expect(y.dtype).toBe('int32');
      expect([...y.dataSync()]).toEqual([ODD, 9, 8, 6]);
      // A border of padding is not a maximum of 0.
      const negative = tf.tensor4d([-3, -4, -5, -ODD], [1, 2, 2, 1], 'int32');
      expect([...tf.maxPool(negative, 2, 2, 1).dataSync()]).toEqual([-3, -4, -5, -ODD]);
    });
  });

  it('maxima of windows of booleans are booleans', () => {
    tf.tidy(() => {
      const x = tf.tensor4d(
        PIXELS.map((value) => Number(value > 8)),
        [1, 4, 4, 1],
        'bool',
      );
      const y = tf.maxPool(x, [3, 2], 2, 'same');
      expect(y.dtype).toBe('bool');
      expect(y.shape).toEqual([1, 2, 2, 1]);
      expect([...y.dataSync()]).toEqual([1, 1, 0, 0]);
    });
  });

  it.each(['int32', 'bool'] as const)('an empty result of %s keeps the dtype', (dtype) => {
    tf.tidy(() => {
      const y = tf.maxPool(tf.zeros([0, 4, 4, 1], dtype) as tf.Tensor4D, 2, 2, 'valid');
      expect([y.dtype, y.shape]).toEqual([dtype, [0, 2, 2, 1]]);
      const volume = tf.zeros([0, 4, 4, 4, 1], dtype) as tf.Tensor5D;
      const cube = tf.maxPool3d(volume, 2, 2, 'valid');
      expect([cube.dtype, cube.shape]).toEqual([dtype, [0, 2, 2, 2, 1]]);
    });
  });

  it('poolings in one and three dimensions take integers', () => {
    tf.tidy(() => {
      const line = tf.tensor3d(PIXELS, [1, 8, 2], 'int32');
      const y = tf.layers.maxPooling1d({ poolSize: 4 }).apply(line) as tf.Tensor;
      expect([...y.dataSync()]).toEqual([ODD, ODD - 1, 6, 8]);
      const cube = tf.tensor5d(PIXELS, [1, 2, 2, 4, 1], 'int32');
      expect([...tf.maxPool3d(cube, 2, 2, 'valid').dataSync()]).toEqual([ODD, 9]);
    });
  });

  it('a dilation of booleans reads each of them', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 0, 0, 0, 0, 0, 0, 0, 0], [1, 3, 3, 1], 'bool');
      const filter = tf.zeros([2, 2, 1], 'bool') as tf.Tensor3D;
      const y = tf.dilation2d(x, filter, 1, 'valid');
      expect([...y.dataSync()]).toEqual([1, 0, 0, 0]);
    });
  });

  it.each([
    [
      'avgPool',
      () => tf.avgPool(tf.zeros([1, 4, 4, 1], 'int32') as tf.Tensor4D, 2, 2, 'valid'),
      /^Argument 'x' passed to 'avgPool' must be float32 tensor, but got int32 tensor$/,
    ],
  ])('%s is refused, with the name of the argument', (_, op, message) => {
    expect(() => tf.tidy(() => void op())).toThrow(message);
  });
});
