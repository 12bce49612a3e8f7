import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { poisonMemory } from './poison.js';

const { NaN: NONE, NEGATIVE_INFINITY: LOWEST, POSITIVE_INFINITY: HIGHEST } = Number;

type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const reductions: [string, Reduction, 'float32' | 'int32' | 'bool', number][] = [
  ['sum', tf.sum, 'float32', 0],
  ['sum', tf.sum, 'int32', 0],
  ['sum', tf.sum, 'bool', 0],
  ['prod', tf.prod, 'float32', 1],
  ['prod', tf.prod, 'int32', 1],
  ['prod', tf.prod, 'bool', 1],
  ['mean', tf.mean, 'float32', NONE],
  ['mean', tf.mean, 'int32', NONE],
  ['max', tf.max, 'float32', LOWEST],
  ['max', tf.max, 'int32', -(2 ** 31)],
  ['max', tf.max, 'bool', 0],
  ['min', tf.min, 'float32', HIGHEST],
  ['min', tf.min, 'int32', 2 ** 31 - 1],
  ['min', tf.min, 'bool', 1],
  ['any', tf.any, 'bool', 0],
  ['all', tf.all, 'bool', 1],
  ['logSumExp', tf.logSumExp, 'float32', LOWEST],
  ['the variance', (...args) => tf.moments(...args).variance, 'float32', NONE],
  ['the norm', (x, axis, keepDims) => tf.norm(x, 'euclidean', axis, keepDims), 'float32', 0],
];

const axes: [number[], number | number[] | undefined, number[], number[]][] = [
  [[0], undefined, [], [1]],
  [[2, 0], 1, [2], [2, 1]],
  [[0, 3], 0, [3], [1, 3]],
  [[2, 0, 3], -2, [2, 3], [2, 1, 3]],
  [[2, 0, 3], [0, 1], [3], [1, 1, 3]],
  [[0, 2], 1, [0], [0, 1]],
];

describe.each(BACKENDS)('over an empty axis on %s', (name) => {
  beforeAll(() => useBackend(name));

  it.each(reductions)('%s (%#) matches its definition', (_, op, dtype, want) => {
    for (const [shape, axis, outShape, keptShape] of axes) {
      for (const keepDims of [false, true]) {
        poisonMemory();
        tf.tidy(() => {
          const y = op(tf.tensor([], shape, dtype), axis, keepDims);
          expect(y.shape).toEqual(keepDims ? keptShape : outShape);
          const values = [...y.dataSync()];
          expect(values).toEqual(values.map(() => want));
          expect(values).toHaveLength(tf.util.sizeFromShape(outShape));
        });
      }
    }
  });

  it.each([
    ['argMax', tf.argMax],
    ['argMin', tf.argMin],
  ])('%s throws', (called, op) => {
    tf.tidy(() => {
      for (const [shape, axis] of [
        [[2, 0], 1],
        [[0, 3], 0],
      ] as const) {
        expect(() => op(tf.zeros([...shape]), axis)).toThrow(
          `${called}: the axis must not be empty, got shape [${shape}]`,
        );
      }
      // An empty result needs no error.
      expect(op(tf.zeros([0, 3]), 1).shape).toEqual([0]);
    });
  });

  it('gradients are empty', () => {
    tf.tidy(() => {
      for (const op of [tf.sum, tf.mean, tf.max]) {
        const dx = tf.grad((x: tf.Tensor) => op(x, 1))(tf.zeros([2, 0]), tf.ones([2]));
        expect(dx.shape).toEqual([2, 0]);
      }
    });
  });

  it('reduces axes that are not empty as before', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([3, -1, 2, 5], [2, 2]);
      expect([...tf.sum(x, 0).dataSync()]).toEqual([5, 4]);
      expect([...tf.sum(x, 1).dataSync()]).toEqual([2, 7]);
      expect([...tf.mean(x, 1).dataSync()]).toEqual([1, 3.5]);
      expect([...tf.max(x, 0, true).dataSync()]).toEqual([3, 5]);
      expect([...tf.argMax(x, 1).dataSync()]).toEqual([0, 1]);
    });
  });
});
