import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';

type Start = (name: 'cpu' | 'wasm') => Promise<unknown>;

/** Error bound: float32 sums in another order. */
const FLOAT32 = 1e-5;

/** Computes an op on tfjs's cpu backend, the oracle, and on wasm with the kernels under test. */
async function onBoth(
  start: Start,
  op: () => tf.Tensor | tf.Tensor[],
): Promise<[Float32Array, Float32Array]> {
  const values = async (name: 'cpu' | 'wasm') => {
    await start(name);
    return tf.tidy(() =>
      Float32Array.from([op()].flat().flatMap((t) => [...t.dataSync<'float32'>()])),
    );
  };
  return [await values('cpu'), await values('wasm')];
}

const convolutions: [number[], number[], number | [number, number], 'same' | 'valid' | number][] = [
  // x, filter, stride, padding
  [[1, 1, 1, 1], [1, 1, 1, 1], 1, 'same'],
  [[2, 8, 8, 3], [3, 3, 3, 4], 1, 'same'],
  [[2, 9, 7, 3], [3, 3, 3, 4], 2, 'same'],
  [[2, 8, 8, 3], [3, 3, 3, 4], 3, 'same'],
  [[1, 11, 6, 2], [3, 3, 2, 5], 2, 'valid'],
  [[2, 10, 10, 2], [1, 1, 2, 3], 2, 'same'],
  [[2, 10, 9, 2], [1, 1, 2, 3], 3, 'valid'],
  [[1, 12, 12, 3], [5, 5, 3, 2], 2, 'same'],
  [[1, 7, 9, 2], [4, 2, 2, 3], 2, 'same'],
  [[2, 6, 5, 3], [7, 7, 3, 2], 1, 'same'],
  [[1, 9, 9, 2], [3, 3, 2, 2], 2, 1],
  [[1, 9, 8, 2], [3, 3, 2, 2], [1, 2], 'same'],
];

/** Declares the tests of kernels, for SIMD kernels and for composed ones. */
export function describeKernels(start: Start): void {
  describe('convolutions and their gradients', () => {
    it.each(convolutions)(
      'x %j, filter %j, stride %j, padding %j',
      async (xs, fs, stride, padding) => {
        const [want, got] = await onBoth(start, () => {
          const x = unitTensor(1, xs) as tf.Tensor4D;
          const filter = unitTensor(2, fs) as tf.Tensor4D;
          const loss = (a: tf.Tensor, f: tf.Tensor) => {
            const y = tf.conv2d(
              a as tf.Tensor4D,
              f as tf.Tensor4D,
              stride,
              padding,
              'NHWC',
              1,
              typeof padding === 'number' ? 'floor' : undefined,
            );
            return tf.sum(tf.mul(y, unitTensor(3, y.shape)));
          };
          const { value, grads } = tf.valueAndGrads(loss as never)([x, filter]);
          return [value, ...grads];
        });
        expect(relativeError(got, want)).toBeLessThan(FLOAT32);
      },
    );

    it('leak nothing', async () => {
      await start('wasm');
      const [x, filter] = [tf.ones([1, 5, 5, 2]), tf.ones([3, 3, 2, 2])];
      const gradient = tf.grads((a: tf.Tensor, f: tf.Tensor) =>
        tf.sum(tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, 2, 'same')),
      );
      expect(leakedTensors(() => gradient([x, filter]))).toBe(0);
      tf.dispose([x, filter]);
    });
  });

  describe('matMul', () => {
    const products: [number[], number[], boolean, boolean][] = [
      [[3, 5], [5, 2], false, false],
      [[5, 3], [5, 2], true, false],
      [[3, 5], [2, 5], false, true],
      [[5, 3], [2, 5], true, true],
      [[4, 3, 5], [4, 5, 2], false, false],
      [[4, 5, 3], [4, 2, 5], true, true],
      [[4, 3, 5], [1, 5, 2], false, false],
      [[1, 3, 5], [4, 5, 2], false, false],
      [[1, 5, 3], [4, 5, 2], true, false],
      [[2, 3, 4, 5], [2, 3, 5, 2], false, false],
      [[2, 1, 4, 5], [1, 3, 5, 2], false, false],
      [[1, 1], [1, 1], true, true],
    ];
    it.each(products)('%j × %j, transposes %j and %j', async (as, bs, ta, tb) => {
      const [want, got] = await onBoth(start, () => {
        const product = tf.matMul(unitTensor(1, as), unitTensor(2, bs), ta, tb);
        // Also compares the shape.
        return [product, tf.tensor1d(product.shape)];
      });
      expect(relativeError(got, want)).toBeLessThan(FLOAT32);
    });
  });

  describe('sum', () => {
    it.each([
      [
        [4, 3, 2, 5],
        [0, 1, 2],
      ],
      [[4, 3, 2, 5], [0]],
      [
        [4, 3, 2, 5],
        [1, 2],
      ],
      [
        [4, 3],
        [0, 1],
      ],
      [[7], [0]],
    ])('of %j over %j', async (shape, axes) => {
      for (const keepDims of [false, true]) {
        const [want, got] = await onBoth(start, () => {
          const total = tf.sum(unitTensor(5, shape), axes, keepDims);
          return [total, tf.tensor1d([0, ...total.shape])];
        });
        expect(relativeError(got, want)).toBeLessThan(FLOAT32);
      }
    });

    it('of integers is an integer', async () => {
      await start('wasm');
      tf.tidy(() => {
        const total = tf.sum(
          tf.tensor2d(
            [
              [1, 2],
              [3, 4],
            ],
            [2, 2],
            'int32',
          ),
          0,
        );
        expect(total.dtype).toBe('int32');
        expect([...total.dataSync()]).toEqual([4, 6]);
      });
    });
  });
}
