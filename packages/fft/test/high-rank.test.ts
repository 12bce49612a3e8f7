import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { irfft, rfft, rfft2d } from '../src/index.js';

const SHAPE = [2, 3, 1, 4, 5];

type Transform = (x: tf.Tensor) => { real: tf.Tensor; imag: tf.Tensor };

describe.each(BACKENDS)('rank 5 and 6 equal the transforms of their parts, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ['rfft', rfft as Transform],
    ['rfft2d', rfft2d as Transform],
  ])('%s, with its gradient', (_, transform) => {
    tf.tidy(() => {
      const loss = (input: tf.Tensor) => {
        const { real, imag } = transform(input);
        return tf.add(tf.sum(tf.mul(real, real)), tf.sum(tf.mul(imag, real)));
      };
      const flat = unitTensor(1, [6, 4, 5]);
      const want = transform(flat);
      for (const shape of [SHAPE, [1, ...SHAPE]]) {
        const x = tf.reshape(flat, shape);
        const got = transform(x);
        expect(got.real.shape).toEqual([...shape.slice(0, -1), 3]);
        expect(relativeError(got.real.dataSync(), want.real.dataSync())).toBeLessThan(1e-5);
        expect(relativeError(got.imag.dataSync(), want.imag.dataSync())).toBeLessThan(1e-5);
        const slope = tf.grad(loss)(x);
        expect(relativeError(slope.dataSync(), tf.grad(loss)(flat).dataSync())).toBeLessThan(1e-5);
      }
    });
  });

  it('the inverse too', () => {
    tf.tidy(() => {
      const x = unitTensor(2, SHAPE);
      expect(relativeError(irfft(rfft(x), { length: 5 }).dataSync(), x.dataSync())).toBeLessThan(
        1e-5,
      );
    });
  });
});
