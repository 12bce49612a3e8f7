import { relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** float32 has neither of these integers. */
const [ODD, LEAST] = [2 ** 24 + 1, -(2 ** 31)];

/** Shape [2, 3, 2, 2]. */
const INTEGERS = [
  ...[3, -7, ODD, 2, 2, 9, -4, LEAST, 6, 1, 1, 8],
  ...[-3, ODD, 5, 2 ** 31 - 1, 0, 4, -ODD, 7, 1, -6, 2, 3],
];

/** The values of x that a result comes from, for each result, in the order of memory. */
function groups(values: number[], shape: number[], axes: number[]): number[][] {
  const found = new Map<string, number[]>();
  values.forEach((value, at) => {
    let rest = at;
    const index = shape.toReversed().map((side) => {
      const place = rest % side;
      rest = Math.floor(rest / side);
      return place;
    });
    const key = index
      .reverse()
      .filter((_, axis) => !axes.includes(axis))
      .join();
    found.set(key, [...(found.get(key) ?? []), value]);
  });
  return [...found.values()];
}

const most = (values: number[]) => Math.max(...values);
const least = (values: number[]) => Math.min(...values);
const sum = (values: number[]) => values.reduce((a, b) => (a + b) | 0, 0);
const product = (values: number[]) => values.reduce((a, b) => Math.imul(a, b), 1);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

const SHAPE = [2, 3, 2, 2];
const AXES = [[], [0], [1], [2], [3], [0, 2], [1, 2], [1, 3], [0, 1, 2, 3]];

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    // Otherwise tfjs computes small tensors on the host.
    if (backend === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  describe.each(AXES.map((axes) => [axes] as const))('over the axes %j', (axes) => {
    const expectExact = (
      values: number[],
      dtype: 'int32' | 'bool',
      op: (x: tf.Tensor, axes: number[]) => tf.Tensor,
      want: (values: number[]) => number,
      result: 'int32' | 'bool' = dtype,
    ) =>
      tf.tidy(() => {
        const y = op(tf.tensor(values, SHAPE, dtype), [...axes]);
        expect(y.dtype).toBe(result);
        expect(y.shape).toEqual(SHAPE.filter((_, axis) => !axes.includes(axis)));
        expect([...y.dataSync()]).toEqual(groups(values, SHAPE, axes).map(want));
      });

    it('integers have exact extremes and sums', () => {
      expectExact(INTEGERS, 'int32', tf.max, most);
      expectExact(INTEGERS, 'int32', tf.min, least);
      // A sum beyond int32 differs between backends.
      const small = INTEGERS.map((value) => Math.trunc(value / 32));
      expectExact(small, 'int32', tf.sum, sum);
    });

    it('integers have exact products', () => {
      const values = INTEGERS.map((_, i) => [1, -1, 3, 1, 2, 1, 5, -1][i % 8]!);
      values[4] = 5461;
      expectExact(values, 'int32', tf.prod, product);
    });

    it('booleans have extremes, counts and products', () => {
      const values = INTEGERS.map((value) => Number(value > 2));
      expectExact(values, 'bool', tf.max, most);
      expectExact(values, 'bool', tf.min, least);
      expectExact(values, 'bool', tf.any, most);
      expectExact(values, 'bool', tf.all, least);
      expectExact(values, 'bool', tf.sum, sum, 'int32');
      expectExact(values, 'bool', tf.prod, product, 'int32');
    });

    it('both have a mean', () => {
      for (const dtype of ['int32', 'bool'] as const) {
        const values = INTEGERS.map((_, i) => (dtype === 'bool' ? i % 2 : (7 * i) % 11));
        tf.tidy(() => {
          const y = tf.mean(tf.tensor(values, SHAPE, dtype), [...axes]);
          expect(y.dtype).toBe('float32');
          const want = groups(values, SHAPE, axes).map(mean);
          expect(relativeError(y.dataSync(), want)).toBeLessThan(1e-6);
        });
      }
    });
  });

  it.runIf(backend === 'webgpu')('the mean needs no other change', async () => {
    await useBackend(backend, { without: ['webgpu/Cast'] });
    tf.tidy(() => {
      const x = tf.transpose(
        tf.tensor(
          INTEGERS.map((_, i) => i),
          SHAPE,
          'int32',
        ),
        [3, 2, 1, 0],
      );
      const want = [4.5, 16.5, 6.5, 18.5];
      expect(relativeError(tf.mean(x, [0, 2]).dataSync(), want)).toBeLessThan(1e-6);
    });
    await useBackend(backend);
  });

  it('keeps dimensions', () => {
    tf.tidy(() => {
      const y = tf.max(tf.tensor(INTEGERS, SHAPE, 'int32'), [1, 2], true);
      expect(y.shape).toEqual([2, 1, 1, 2]);
    });
  });

  it('reduces many values, and a scalar', () => {
    tf.tidy(() => {
      const x = tf.range(0, 5000, 1, 'int32');
      expect(tf.sum(x).dataSync()[0]).toBe(12_497_500);
      expect(tf.max(x).dataSync()[0]).toBe(4999);
      expect(tf.min(tf.scalar(ODD, 'int32')).dataSync()[0]).toBe(ODD);
    });
  });

  it('positions of extremes are exact', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([ODD - 1, ODD, ODD, 1 - ODD, -ODD, -ODD], [2, 3], 'int32');
      expect([...tf.argMax(x, 1).dataSync()]).toEqual([1, 0]);
      expect([...tf.argMin(x, 1).dataSync()]).toEqual([0, 1]);
      const flags = tf.tensor2d([0, 1, 1, 1, 1, 0], [2, 3], 'bool');
      expect([...tf.argMax(flags, 1).dataSync()]).toEqual([1, 0]);
      expect([...tf.argMin(flags, 1).dataSync()]).toEqual([0, 2]);
      const { values, indices } = tf.topk(flags, 2);
      expect(values.dtype).toBe('bool');
      expect([...values.dataSync()]).toEqual([1, 1, 1, 1]);
      expect([...indices.dataSync()]).toEqual([1, 2, 0, 1]);
    });
  });

  it('global poolings of layers take integers', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2], 'int32');
      const of = (layer: tf.layers.Layer) => [...(layer.apply(x) as tf.Tensor).dataSync()];
      expect(of(tf.layers.globalMaxPooling2d({}))).toEqual([7, 8]);
      expect(of(tf.layers.globalAveragePooling2d({}))).toEqual([4, 5]);
    });
  });
});
