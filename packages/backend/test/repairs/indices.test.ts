import { leakedTensors } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

const ints = (values: number[], shape: number[]) => tf.tensor(values, shape, 'int32');
const image = () => tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
const box = () => tf.tensor2d([[0, 0, 1, 1]]);
const crop = (index: number) =>
  tf.image.cropAndResize(image(), box(), ints([index], [1]) as tf.Tensor1D, [2, 2]);

describe('indices on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it.each<[string, () => tf.Tensor, string]>([
    [
      'gatherND',
      () => tf.gatherND(tf.tensor1d([1, 2, 3]), ints([7], [1, 1])),
      'gatherND: indices must lie in axes of 3, got 7',
    ],
    [
      'gatherND in two axes',
      () => tf.gatherND(tf.ones([3, 2]), ints([0, 1, 1, 2], [2, 2])),
      'gatherND: indices must lie in axes of 3×2, got [1, 2]',
    ],
    [
      'scatterND',
      () => tf.scatterND(ints([-1], [1, 1]), tf.tensor1d([5]), [3]),
      'scatterND: indices must lie in axes of 3, got -1',
    ],
    [
      'scatterND of a list of indices',
      () => tf.scatterND(ints([0, 9], [2]), tf.tensor1d([1, 2]), [3]),
      'scatterND: indices must lie in axes of 3, got 9',
    ],
    [
      'tensorScatterUpdate',
      () => tf.tensorScatterUpdate(tf.zeros([3]), ints([5], [1, 1]), tf.tensor1d([1])),
      'tensorScatterUpdate: indices must lie in axes of 3, got 5',
    ],
    [
      'sparseToDense',
      () => tf.sparseToDense(ints([0, 9], [2]), tf.tensor1d([1, 2]), [3], tf.scalar(0)),
      'sparseToDense: sparseIndices must lie in axes of 3, got 9',
    ],
    [
      'sparseToDense in two axes',
      () => tf.sparseToDense(ints([0, 1, 3, 0], [2, 2]), tf.tensor1d([1, 2]), [3, 2], tf.scalar(0)),
      'sparseToDense: sparseIndices must lie in axes of 3×2, got [3, 0]',
    ],
    ['cropAndResize', () => crop(4), 'image.cropAndResize: boxInd must lie in axes of 1, got 4'],
    [
      'bincount',
      () => tf.bincount(ints([0, -1, 1], [3]) as tf.Tensor1D, tf.tensor1d([]), 3),
      'bincount: x must not be negative, got -1',
    ],
  ])('of %s outside the tensor are refused', (_name, run, message) => {
    tf.tidy(() => {
      expect(run).toThrow(message);
    });
  });

  it.each<[string, () => tf.Tensor, unknown]>([
    ['gatherND', () => tf.gatherND(tf.tensor1d([1, 2, 3]), ints([2, 0], [2, 1])), [3, 1]],
    ['scatterND', () => tf.scatterND(ints([2], [1, 1]), tf.tensor1d([5]), [3]), [0, 0, 5]],
    [
      'scatterND of a list of rows',
      () => tf.scatterND(ints([0, 2], [2]), tf.ones([2, 2]), [3, 2]),
      [
        [1, 1],
        [0, 0],
        [1, 1],
      ],
    ],
    [
      'scatterND of rows',
      () => tf.scatterND(ints([1], [1, 1]), tf.tensor2d([[5, 6]]), [2, 2]),
      [
        [0, 0],
        [5, 6],
      ],
    ],
    [
      'sparseToDense of one index',
      () => tf.sparseToDense(tf.scalar(2, 'int32'), tf.scalar(4), [3], tf.scalar(0)),
      [0, 0, 4],
    ],
    ['cropAndResize', () => tf.reshape(crop(0), [4]), [1, 1, 1, 1]],
    [
      'bincount beyond its size',
      () => tf.bincount(ints([0, 7, 1, 1], [4]) as tf.Tensor1D, tf.tensor1d([]), 3),
      [1, 2, 0],
    ],
  ])('of %s inside it are taken', (_name, run, want) => {
    tf.tidy(() => {
      expect(run().arraySync()).toEqual(want);
    });
    expect(leakedTensors(() => tf.dispose(tf.tidy(run)))).toBe(0);
  });
});
