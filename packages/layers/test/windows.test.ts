import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  apsPool,
  avgBlurPool,
  blurPool,
  fractionalAvgPool,
  fractionalMaxPool,
  type LpsSelector,
  lpsPool,
  maxBlurPool,
} from '../src/ops.js';

const shape: [number, number, number, number] = [2, 7, 6, 2];

function selector(): LpsSelector {
  return {
    kernel1: unitTensor(11, [3, 3, 2, 3]) as tf.Tensor4D,
    bias1: unitTensor(12, [3]) as tf.Tensor1D,
    kernel2: unitTensor(13, [3, 3, 3, 3]) as tf.Tensor4D,
    bias2: unitTensor(14, [3]) as tf.Tensor1D,
  };
}

const regions = { rows: [0, 2, 3, 7], columns: [0, 1, 4, 6] };
const POOLINGS: [string, (x: tf.Tensor4D) => tf.Tensor][] = [
  ['blurPool', (x) => blurPool(x)],
  ['blurPool over 4 zero-padded', (x) => blurPool(x, 2, { filterSize: 4, padding: 'zero' })],
  ['blurPool at strides 3 and 1', (x) => blurPool(x, [3, 1], { filterSize: 1 })],
  ['maxBlurPool', (x) => maxBlurPool(x, 2, { filterSize: 2 })],
  ['avgBlurPool', (x) => avgBlurPool(x, 2, { filterSize: 2 })],
  ['fractionalMaxPool', (x) => fractionalMaxPool(x, regions).output],
  [
    'fractionalMaxPool, overlapping',
    (x) => fractionalMaxPool(x, { ...regions, overlapping: true }).output,
  ],
  ['fractionalAvgPool', (x) => fractionalAvgPool(x, regions).output],
  ['apsPool', (x) => apsPool(x, [2, 3])],
  ['apsPool of order 3', (x) => apsPool(x, 2, { order: 3 })],
  ['lpsPool', (x) => lpsPool(x, 2, selector())],
];

/** A large number that replaces one that is not finite. */
const LARGE = 1e7;
/** A bound above the outputs of small numbers, and below every fraction of the large number. */
const SMALL = 100;

/** A copy with another value at one index. */
function withValue(x: tf.Tensor, at: number, value: number): tf.Tensor {
  const values = x.dataSync().slice();
  values[at] = value;
  return tf.tensor(values, x.shape, 'float32');
}

/**
 * Expects `value` at every output that the large number reaches, and equal values elsewhere.
 * Returns whether it reaches any.
 */
function expectSamePlaces(odd: tf.Tensor, large: tf.Tensor, value: number): boolean {
  const got = [...odd.dataSync()];
  const want = [...large.dataSync()].map((v) => {
    if (Math.abs(v) < SMALL) return v;
    return Number.isNaN(value) ? value : Math.sign(v) * Number.POSITIVE_INFINITY;
  });
  expect(got).toEqual(want);
  return !want.every(Number.isFinite);
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  // WebGPU may take NaN for any number.
  const odd = [Number.POSITIVE_INFINITY, ...(backend === 'webgpu' ? [] : [Number.NaN])];

  it.each(POOLINGS)('%s: a pixel reaches the outputs whose window holds it', (_, pool) => {
    tf.tidy(() => {
      const x = unitTensor(1, shape);
      let arrived = 0;
      for (const at of [0, 61, 83, 97]) {
        const large = pool(withValue(x, at, LARGE) as tf.Tensor4D);
        for (const value of odd) {
          const got = pool(withValue(x, at, value) as tf.Tensor4D);
          arrived += Number(expectSamePlaces(got, large, value));
        }
      }
      expect(arrived).toBeGreaterThan(0);
    });
  });

  it.each(POOLINGS)('%s: a gradient goes back to the pixels of its window', (_, pool) => {
    tf.tidy(() => {
      const x = unitTensor(1, shape);
      const gradient = tf.grad((image) => pool(image as tf.Tensor4D));
      const dy = unitTensor(2, pool(x as tf.Tensor4D).shape);
      let arrived = 0;
      for (const at of [0, Math.floor(dy.size / 2), dy.size - 1]) {
        const large = gradient(x, withValue(dy, at, LARGE));
        for (const value of odd) {
          const got = gradient(x, withValue(dy, at, value));
          arrived += Number(expectSamePlaces(got, large, value));
        }
      }
      expect(arrived).toBeGreaterThan(0);
    });
  });

  it('the maximum of values −∞ is −∞', () => {
    tf.tidy(() => {
      const none = tf.fill([1, 4, 4, 1], Number.NEGATIVE_INFINITY) as tf.Tensor4D;
      for (const pool of [
        (x: tf.Tensor4D) => maxBlurPool(x, 2, { filterSize: 1 }),
        (x: tf.Tensor4D) => fractionalMaxPool(x, { outputSize: 2 }).output,
      ]) {
        expect(new Set(pool(none).dataSync())).toEqual(new Set([Number.NEGATIVE_INFINITY]));
      }
    });
  });
});
