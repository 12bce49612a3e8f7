import { useBackend } from '@ds/backend';
import { leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fftshift, ifftshift } from '../src/index.js';

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('moves zero frequency to the middle, and back', () => {
    tf.tidy(() => {
      // numpy.fft.fftshift(numpy.fft.fftfreq(n, 1/n))
      expect([...fftshift(tf.tensor1d([0, 1, -2, -1])).dataSync()]).toEqual([-2, -1, 0, 1]);
      expect([...fftshift(tf.tensor1d([0, 1, 2, -2, -1])).dataSync()]).toEqual([-2, -1, 0, 1, 2]);
      for (const n of [1, 2, 5]) {
        const x = tf.reshape(tf.range(0, 3 * n), [3, n]);
        expect([...ifftshift(fftshift(x)).dataSync()]).toEqual([...x.dataSync()]);
      }
    });
  });

  it('shifts only the given axes', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [0, 1],
        [2, 3],
      ]);
      expect([...fftshift(x, -1).dataSync()]).toEqual([1, 0, 3, 2]);
      expect([...fftshift(x, [0]).dataSync()]).toEqual([2, 3, 0, 1]);
    });
  });

  it('has a gradient that undoes the shift, and leaks nothing', () => {
    tf.tidy(() => {
      const weights = tf.tensor1d([1, 2, 3, 4, 5]);
      const grad = tf.grad((x) => tf.sum(tf.mul(fftshift(x), weights)))(tf.zeros([5]));
      expect([...grad.dataSync()]).toEqual([...ifftshift(weights).dataSync()]);
    });
    const x = tf.ones([3, 5]);
    expect(leakedTensors(() => fftshift(x))).toBe(0);
    tf.dispose(x);
  });

  it('refuses an axis out of range', () => {
    expect(() => fftshift(tf.ones([2]), 1)).toThrow(
      'fftshift: axes must be an integer in -1 … 0, got 1',
    );
  });
});
