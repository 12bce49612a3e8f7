import { useBackend } from '@ds/backend';
import { leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { clip } from '../src/index.js';

describe("on tfjs's plain wasm backend", () => {
  beforeAll(() => tf.setBackend('wasm'));

  it('keeps NaN at any rank, and has its gradient', () => {
    tf.tidy(() => {
      for (const shape of [[4], [2, 1, 1, 1, 1, 1, 1, 2]]) {
        const x = tf.tensor([Number.NaN, 0, 2, 9], shape);
        expect([...clip(x, 1, 3).dataSync()]).toEqual([Number.NaN, 1, 2, 3]);
        expect([
          ...tf
            .grad((given) => clip(given, 1, 3))(x)
            .dataSync(),
        ]).toEqual([0, 0, 1, 0]);
      }
    });
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const slope = (values: number[], lower: number, upper: number, upstream: number[]) =>
    tf.tidy(() => [
      ...tf
        .grad((x) => clip(x, lower, upper))(tf.tensor1d(values), tf.tensor1d(upstream))
        .dataSync(),
    ]);

  it('is the nearest number between the ends, with a gradient inside and at them', () => {
    const values = [-5, 1, 2, 3, 9];
    tf.tidy(() => {
      expect([...clip(tf.tensor1d(values), 1, 3).dataSync()]).toEqual([1, 1, 2, 3, 3]);
    });
    expect(slope(values, 1, 3, [1, 2, 3, 4, 5])).toEqual([0, 2, 3, 4, 0]);
  });

  it('with equal ends passes the gradient if x is equal to them', () => {
    expect(slope([1, 2, 3], 2, 2, [4, 5, 6])).toEqual([0, 5, 0]);
  });

  it('has no upper end at infinity', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([0, 3e38, Number.POSITIVE_INFINITY]);
      expect([...clip(x, 1, Number.POSITIVE_INFINITY).dataSync()]).toEqual([
        1,
        Math.fround(3e38),
        Number.POSITIVE_INFINITY,
      ]);
    });
  });

  // WebGPU may turn NaN into any number.
  it.skipIf(backend === 'webgpu')('keeps NaN, and the gradients of the other values', () => {
    tf.tidy(() => {
      expect([...clip(tf.tensor1d([Number.NaN, 0]), 1, 3).dataSync()]).toEqual([Number.NaN, 1]);
      expect([...clip(tf.tensor1d([Number.NaN, 0]), 1, 1).dataSync()]).toEqual([Number.NaN, 1]);
    });
    expect(slope([0, 2], 1, 3, [Number.NaN, 1])).toEqual([0, 1]);
  });

  it('reads nothing on the host, forwards and backwards', () => {
    const read = vi.spyOn(tf.engine(), 'readSync');
    try {
      tf.tidy(() => {
        for (const values of [
          [0, 2, 5],
          [0, Number.NaN, 5],
        ]) {
          const x = tf.tensor1d(values);
          clip(x, 1, 3);
          clip(x, 2, 2);
          tf.grad((given) => clip(given, 1, 3))(x);
        }
      });
      expect(read).not.toHaveBeenCalled();
    } finally {
      read.mockRestore();
    }
  });

  it('keeps any shape', () => {
    tf.tidy(() => {
      for (const shape of [[], [1], [2, 1, 2], [1, 2, 1, 2, 1, 2]]) {
        const values = [0, 1, 2, 3, 4, 5, 6, 7].slice(0, tf.util.sizeFromShape(shape));
        const x = tf.tensor(values, shape);
        const y = clip(x, 1, 5);
        expect(y.shape).toEqual(shape);
        expect([...y.dataSync()]).toEqual(values.map((v) => Math.min(Math.max(v, 1), 5)));
        const dx = tf.grad((given) => clip(given, 1, 5))(x, tf.onesLike(x));
        expect(dx.shape).toEqual(shape);
        expect([...dx.dataSync()]).toEqual(values.map((v) => (v >= 1 && v <= 5 ? 1 : 0)));
      }
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([3]);
    expect(leakedTensors(() => clip(x, 0, 2))).toBe(0);
    x.dispose();
  });
});

describe('bad input', () => {
  it.each([
    [3, 1],
    [Number.NaN, 1],
    [0, Number.NaN],
  ])('ends %f and %f are an error that names them', (lower, upper) => {
    expect(() => clip(tf.ones([2]), lower, upper)).toThrow(
      `clip: lower must be <= upper, got ${lower} and ${upper}`,
    );
  });
});
