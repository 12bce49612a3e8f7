import { leakedTensors, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { poisonMemory } from './poison.js';

/** Digits to which float32 sums in another order agree. */
const DIGITS = 5;

interface Case {
  x: number[];
  indices: number[];
  axis: number;
  batchDims: number;
}

const product = (shape: number[]) => shape.reduce((total, side) => total * side, 1);

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>): void {
  expect(got.length).toBe(want.length);
  for (let at = 0; at < want.length; at++) expect(got[at]).toBeCloseTo(want[at]!, DIGITS);
}

/** Expects `tf.gather` and its gradient to match their definitions. */
function expectRight({ x: shape, indices, axis, batchDims }: Case): void {
  tf.tidy(() => {
    const along = axis < 0 ? axis + shape.length : axis;
    const size = shape[along]!;
    const positions = Array.from({ length: product(indices) }, (_, at) => (7 * at + 3) % size);
    const [batches, lines, inner] = [
      product(shape.slice(0, batchDims)),
      product(shape.slice(batchDims, along)),
      product(shape.slice(along + 1)),
    ];
    const count = positions.length / batches;
    const outShape = [
      ...shape.slice(0, along),
      ...indices.slice(batchDims),
      ...shape.slice(along + 1),
    ];
    const [x, dy] = [unitTensor(1, shape), unitTensor(2, outShape)];
    const [values, slopes] = [x.dataSync(), dy.dataSync()];
    const y = new Float64Array(product(outShape));
    const dx = new Float64Array(values.length);
    for (let b = 0; b < batches; b++)
      for (let line = 0; line < lines; line++)
        for (let k = 0; k < count; k++)
          for (let i = 0; i < inner; i++) {
            const to = ((b * lines + line) * count + k) * inner + i;
            const index = positions[b * count + k]!;
            const from = ((b * lines + line) * size + index) * inner + i;
            y[to] = values[from]!;
            dx[from]! += slopes[to]!;
          }
    const where = tf.tensor(positions, indices as [number], 'int32') as tf.Tensor1D;
    const op = (t: tf.Tensor) => tf.gather(t, where, axis, batchDims);
    poisonMemory();
    const got = op(x);
    expect(got.shape).toEqual(outShape);
    expectClose(got.dataSync(), y);
    expectClose(tf.grad(op)(x, dy).dataSync(), dx);
  });
}

/** Declares the tests of `tf.gather`, its gradient and sums over segments on a backend. */
export function describeGather(backend: 'cpu' | 'wasm' | 'webgpu'): void {
  beforeAll(() => useBackend(backend));

  it.each<Case>([
    { x: [5], indices: [3], axis: 0, batchDims: 0 },
    { x: [40, 3], indices: [100], axis: 0, batchDims: 0 },
    { x: [9, 2, 8], indices: [4], axis: 0, batchDims: 0 },
    { x: [2, 6, 33], indices: [5], axis: 1, batchDims: 0 },
    { x: [5, 4], indices: [7], axis: -1, batchDims: 0 },
    { x: [3, 5, 4], indices: [2, 3], axis: 1, batchDims: 0 },
    { x: [3, 5, 4], indices: [], axis: -2, batchDims: 0 },
    { x: [5, 4], indices: [0], axis: 0, batchDims: 0 },
    { x: [3, 5, 4], indices: [3, 2], axis: 1, batchDims: 1 },
    { x: [3, 5, 4], indices: [3, 2], axis: 2, batchDims: 1 },
    { x: [3, 5], indices: [3, 2, 2], axis: 1, batchDims: 1 },
    { x: [3, 5, 4], indices: [3], axis: 1, batchDims: 1 },
    { x: [2, 3, 5, 4], indices: [2, 3, 2], axis: 2, batchDims: 2 },
    { x: [2, 3, 5, 4], indices: [2, 3, 2], axis: 3, batchDims: 2 },
  ])('gathers, with a gradient: %j', expectRight);

  it('sums over segments, and skips rows outside of them', () => {
    tf.tidy(() => {
      const x = unitTensor(1, [5, 2, 3]);
      const ids = tf.tensor1d([2, 5, 0, 2, -1], 'int32');
      const values = x.dataSync();
      const want = new Float64Array(4 * 6);
      for (let i = 0; i < 6; i++) {
        want[i] = values[12 + i]!;
        want[12 + i] = values[i]! + values[18 + i]!;
      }
      poisonMemory();
      const y = tf.unsortedSegmentSum(x, ids, 4);
      expect(y.shape).toEqual([4, 2, 3]);
      expectClose(y.dataSync(), want);
      const dy = unitTensor(2, y.shape);
      const slopes = dy.dataSync();
      const dx = tf.grad((t) => tf.unsortedSegmentSum(t, ids, 4))(x, dy);
      const rows = [2, null, 0, 2, null].flatMap((id) =>
        id === null ? Array(6).fill(0) : [...slopes.slice(6 * id, 6 * id + 6)],
      );
      expectClose(dx.dataSync(), rows);
    });
  });

  it('sums integers to integers, also after float32 sums', () => {
    tf.tidy(() => {
      const ids = tf.tensor1d([1, 1, 0], 'int32');
      tf.unsortedSegmentSum(tf.ones([3, 2]), ids, 2).dataSync();
      const x = tf.tensor2d([1, 2, 30_000_001, 4, 5, 6], [3, 2], 'int32');
      const y = tf.unsortedSegmentSum(x, ids, 2);
      expect(y.dtype).toBe('int32');
      expect([...y.dataSync()]).toEqual([5, 6, 30_000_002, 6]);
    });
  });

  it('keeps NaN and ∞ in their segment', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([Number.NaN, 1, 2, Number.POSITIVE_INFINITY], [2, 2]);
      const y = tf.unsortedSegmentSum(x, tf.tensor1d([0, 1], 'int32'), 2);
      expect([...y.dataSync()]).toEqual([Number.NaN, 1, 2, Number.POSITIVE_INFINITY]);
    });
  });

  it('handles no rows, and no segments', () => {
    tf.tidy(() => {
      const none = tf.tensor1d([], 'int32');
      const zeros = tf.unsortedSegmentSum(tf.zeros([0, 3]), none, 2);
      expect([...zeros.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
      const ids = tf.tensor1d([0, 0], 'int32');
      expect(tf.unsortedSegmentSum(tf.ones([2, 3]), ids, 0).shape).toEqual([0, 3]);
      expect(tf.gather(tf.zeros([2, 0]), ids).shape).toEqual([2, 0]);
      expect(tf.gather(tf.zeros([2, 3]), none).shape).toEqual([0, 3]);
    });
  });

  it('refuses a number of ids other than the number of rows', () => {
    tf.tidy(() => {
      const ids = tf.zeros([3], 'int32') as tf.Tensor1D;
      expect(() => tf.unsortedSegmentSum(tf.ones([2, 4]), ids, 2)).toThrow(
        'unsortedSegmentSum: segmentIds must have one value for each row of x, ' +
          'of shape [2,4], got shape [3]',
      );
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([2, 3, 4]);
    const where = tf.tensor2d([0, 1, 2, 0], [2, 2], 'int32') as unknown as tf.Tensor1D;
    const gradient = tf.grad((t) => tf.gather(t, where, 1, 1));
    const buffers = tf.memory().numDataBuffers;
    expect(leakedTensors(() => gradient(x))).toBe(0);
    expect(tf.memory().numDataBuffers).toBe(buffers);
    tf.dispose([x, where]);
  });
}
