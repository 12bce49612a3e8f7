import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

const { NaN: NONE, POSITIVE_INFINITY: MOST } = Number;

describe.each(BACKENDS)('activations on %s', (name) => {
  beforeAll(() => useBackend(name));

  // Multiples of a SIMD vector, and other sizes.
  it.each([1, 4, 7, 8, 11])(
    'relu6 and clipByValue of %d values keep NaN and the limits',
    (size) => {
      const values = [NONE, 7, -1, 3, MOST, -MOST, NONE, 6, 0, 2.5, NONE].slice(-size);
      const within = (low: number, high: number) =>
        values.map((value) => Math.min(Math.max(value, low), high));
      tf.tidy(() => {
        const x = tf.tensor1d(values);
        expect([...tf.relu6(x).dataSync()]).toEqual(within(0, 6));
        expect([...tf.clipByValue(x, -0.5, 2.75).dataSync()]).toEqual(within(-0.5, 2.75));
      });
    },
  );

  it('relu6 has a gradient, and handles integers and empty tensors', () => {
    tf.tidy(() => {
      const dx = tf.grad((x: tf.Tensor) => tf.relu6(x))(tf.tensor1d([-1, 2, 7]), tf.ones([3]));
      expect([...dx.dataSync()]).toEqual([0, 1, 0]);
      const integers = tf.tensor1d([-9, 1, 5, 2 ** 20 + 1], 'int32');
      expect([...tf.clipByValue(integers, -2.5, 4).dataSync()]).toEqual([-2, 1, 4, 4]);
      // Integers that float32 does not represent.
      const large = tf.tensor1d([2 ** 24 + 1, -(2 ** 30) - 1], 'int32');
      const limited = () => [...tf.clipByValue(large, -(2 ** 30) - 1, 2 ** 30).dataSync()];
      expect(limited()).toEqual([2 ** 24 + 1, -(2 ** 30) - 1]);
      // tfjs computes a few values on the host, unless this is off.
      const onHost = name === 'webgpu' && tf.env().getBool('WEBGPU_CPU_FORWARD');
      if (onHost) tf.env().set('WEBGPU_CPU_FORWARD', false);
      expect(limited()).toEqual([2 ** 24 + 1, -(2 ** 30) - 1]);
      if (onHost) tf.env().set('WEBGPU_CPU_FORWARD', true);
      expect([...tf.clipByValue(integers, 0, MOST).dataSync()]).toEqual([0, 1, 5, 2 ** 20 + 1]);
      expect(tf.relu6(tf.zeros([0, 2])).shape).toEqual([0, 2]);
      const empty = tf.clipByValue(tf.zeros([0, 2], 'int32'), 0, 1);
      expect([empty.shape, ...empty.dataSync()]).toEqual([[0, 2]]);
    });
  });

  it.each([
    [[2, 3, 4], []],
    [[2, 3, 4], [1]],
    [[2, 3, 4], [4]],
    [
      [2, 3, 4],
      [3, 4],
    ],
    [
      [2, 3, 4],
      [1, 1, 4],
    ],
    [
      [2, 3, 4],
      [3, 1],
    ],
    [
      [2, 3, 4],
      [1, 3, 1],
    ],
    [
      [2, 3, 4],
      [2, 1, 1],
    ],
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
  ])('prelu of %j broadcasts slopes %j', (shape, slopes) => {
    tf.tidy(() => {
      const [x, alpha] = [unitTensor(1, shape), unitTensor(2, slopes)];
      const stretched = tf.broadcastTo(alpha, shape).dataSync();
      const want = x.dataSync().map((value, i) => (value < 0 ? stretched[i]! * value : value));
      expect(relativeError(tf.prelu(x, alpha).dataSync(), want)).toBeLessThan(1e-6);
    });
  });
});
