import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { magnitude } from '../src/index.js';

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is √(Re² + Im²), also for very large and very small parts', () => {
    tf.tidy(() => {
      for (const unit of [1e-36, 1, 1e38]) {
        const [re, im] = [
          [0, 3, -1.2, 0.5, 0],
          [0, 0, 0.5, -1.2, -2],
        ].map((part) => part.map((value) => value * unit)) as [number[], number[]];
        const got = magnitude({ real: tf.tensor1d(re), imag: tf.tensor1d(im) });
        const want = re.map((value, k) => Math.hypot(value, im[k]!));
        expect(
          relativeError(
            [...got.dataSync()].map((v) => v / unit),
            want.map((v) => v / unit),
          ),
        ).toBeLessThan(1e-6);
      }
    });
  });

  it('is infinite if a part is infinite', () => {
    tf.tidy(() => {
      const real = tf.tensor1d([Number.NEGATIVE_INFINITY, 1]);
      const got = [...magnitude({ real, imag: tf.ones([2]) }).dataSync()];
      expect(got[0]).toBe(Number.POSITIVE_INFINITY);
      expect(got[1]).toBeCloseTo(Math.SQRT2, 6);
    });
  });

  it('has the gradients of finite differences, and 0 at 0', () => {
    tf.tidy(() => {
      const op = (real: tf.Tensor, imag: tf.Tensor) => magnitude({ real, imag });
      const parts = [tf.add(unitTensor(1, [6]), 2), unitTensor(2, [6])];
      for (const error of gradientErrors(op as never, parts, [1e-2, 1e-2])) {
        expect(error).toBeLessThan(1e-3);
      }
      const [real, imag] = tf.grads(op as never)([tf.zeros([3]), tf.zeros([3])], tf.ones([3]));
      expect([...real!.dataSync(), ...imag!.dataSync()].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
      const [right, up] = tf.grads(op as never)([tf.tensor1d([3e-30]), tf.tensor1d([4e-30])]);
      expect(right!.dataSync()[0]).toBeCloseTo(0.6, 5);
      expect(up!.dataSync()[0]).toBeCloseTo(0.8, 5);
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([2, 3]);
    expect(leakedTensors(() => magnitude({ real: x, imag: x }))).toBe(0);
    x.dispose();
  });
});

describe('bad input', () => {
  it.each([
    [
      () => magnitude({ real: tf.ones([2]), imag: tf.ones([3]) }),
      'magnitude: real and imag must have one shape, got [2] and [3]',
    ],
    [
      () => magnitude({ real: tf.ones([2], 'int32'), imag: tf.ones([2]) }),
      'magnitude: real must be float32, got int32',
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
