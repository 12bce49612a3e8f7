import { leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

const values = (x: tf.Tensor) => [...tf.tidy(() => x.dataSync())];

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    if (backend === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });

  it.each([1, 2, 31, 32, 33, 64, 65, 200])('finds the first of %i equal values', (count) => {
    tf.tidy(() => {
      const x = tf.tensor2d(
        [...new Array(count).fill(3), ...new Array(count).fill(-2)],
        [2, count],
      );
      expect(values(tf.argMax(x, 1))).toEqual([0, 0]);
      expect(values(tf.argMin(x, 1))).toEqual([0, 0]);
      expect(values(tf.argMax(x, 0))).toEqual(new Array(count).fill(0));
      // The same after other values, and with integers.
      const late = tf.concat([tf.fill([2, count], -5), x], 1);
      expect(values(tf.argMax(late, 1))).toEqual([count, count]);
      expect(values(tf.argMax(tf.cast(late, 'int32'), 1))).toEqual([count, count]);
    });
  });

  it('finds the first of several infinities', () => {
    tf.tidy(() => {
      const x = tf.fill([40], Number.NEGATIVE_INFINITY);
      expect(values(tf.argMax(x))).toEqual([0]);
      expect(values(tf.argMin(x))).toEqual([0]);
      const one = tf.concat([x, tf.tensor1d([-1e38])]);
      expect(values(tf.argMax(one))).toEqual([40]);
    });
  });

  it('pads tensors of rank 5 and 6, and computes the gradients of their slices', () => {
    tf.tidy(() => {
      const x = tf.tensor([1, 2, 3, 4], [1, 2, 1, 1, 2]);
      const y = tf.pad(
        x,
        [
          [0, 0],
          [1, 0],
          [0, 0],
          [0, 0],
          [0, 1],
        ],
        9,
      );
      expect(values(y)).toEqual([9, 9, 9, 1, 2, 9, 3, 4, 9]);
      const slope = tf.grad((a) => tf.slice(a, [0, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]));
      expect(values(slope(tf.reshape(x, [1, 2, 1, 1, 2, 1])))).toEqual([0, 0, 1, 0]);
    });
  });

  it.each(['int32', 'bool'] as const)('reorders the axes of %s', (dtype) => {
    tf.tidy(() => {
      const shape = [2, 3, 1, 5];
      const list = Array.from({ length: 30 }, (_, i) => (i % 4 === 1 ? 0 : i - 9));
      const x = tf.cast(tf.tensor(list, shape), dtype);
      const got = tf.transpose(x, [3, 2, 0, 1]);
      expect(got.dtype).toBe(dtype);
      expect(got.shape).toEqual([5, 1, 2, 3]);
      const all = values(x);
      const want = [0, 1, 2, 3, 4].flatMap((i) =>
        [0, 1].flatMap((j) => [0, 1, 2].map((k) => all[(j * 3 + k) * 5 + i])),
      );
      expect(values(got)).toEqual(want);
      expect(values(tf.transpose(tf.reshape(x, [5, 6]), [0, 1]))).toEqual(all);
    });
  });

  it('adds a vector to a tensor of rank 5 and 6', () => {
    tf.tidy(() => {
      const vector = tf.tensor1d([10, 20]);
      const five = tf.tensor([1, 2, 3, 4], [1, 2, 1, 1, 2]);
      expect(values(tf.add(five, vector))).toEqual([11, 22, 13, 24]);
      expect(values(tf.div(vector, tf.expandDims(five, 0)))).toEqual(
        [10, 10, 10 / 3, 5].map(Math.fround),
      );
    });
  });

  it.runIf(backend !== 'webgpu')('broadcasts tensors of rank 7, or refuses them', () => {
    tf.tidy(() => {
      const a = tf.tensor([1, 2], [1, 1, 1, 1, 1, 2, 1]);
      const b = tf.tensor([10, 20, 30], [1, 1, 1, 1, 1, 1, 3]);
      expect(values(tf.mul(a, b))).toEqual([10, 20, 30, 20, 40, 60]);
      const [odd, even] = [0, 1].map((rest) =>
        tf.ones(Array.from({ length: 8 }, (_, axis) => (axis % 2 === rest ? 2 : 1))),
      );
      if (backend === 'wasm') {
        expect(() => tf.add(odd!, even!)).toThrow(/^Add: the inputs must broadcast/);
      } else expect(values(tf.add(odd!, even!))).toEqual(new Array(256).fill(2));
    });
  });

  it.runIf(backend !== 'wasm')('gives the parts of a transform the shape of the transform', () => {
    tf.tidy(() => {
      const x = tf.complex(tf.ones([2, 3, 4]), tf.zeros([2, 3, 4]));
      for (const part of [tf.real(tf.fft(x)), tf.imag(tf.ifft(x))]) {
        expect(part.shape).toEqual([2, 3, 4]);
      }
      expect(tf.real(tf.spectral.rfft(tf.ones([2, 1, 1, 3, 4]))).shape).toEqual([2, 1, 1, 3, 3]);
    });
  });

  it('computes gradients of broadcast inputs, of one part, and of tiles of any rank', () => {
    tf.tidy(() => {
      const [a, b] = [tf.tensor2d([1, 5, 3], [3, 1]), tf.tensor1d([2, 4])];
      const slopes = (op: typeof tf.maximum) =>
        tf
          .grads((x, y) => op(x, y))([a, b])
          .map((slope) => values(slope));
      expect(slopes(tf.maximum)).toEqual([
        [0, 2, 1],
        [1, 2],
      ]);
      expect(slopes(tf.minimum)).toEqual([
        [2, 0, 1],
        [2, 1],
      ]);
      expect(slopes(tf.squaredDifference)).toEqual([
        [-8, 8, 0],
        [-6, 6],
      ]);
      const one = tf.grad((x) => tf.unstack(x, 0)[0]!)(tf.ones([1, 2]));
      expect(values(one)).toEqual([1, 1]);
      const tiled = tf.grad((x) => tf.tile(x, [1, 2, 1, 1, 3]))(tf.ones([1, 1, 2, 1, 2]));
      expect(values(tiled)).toEqual([6, 6, 6, 6]);
    });
  });

  it('leaks nothing', () => {
    const x = tf.tensor([1, 2, 3, 4], [1, 2, 1, 1, 2]);
    const all = () => [
      tf.argMax(x, 4),
      tf.pad(x, [
        [0, 0],
        [1, 0],
        [0, 0],
        [0, 0],
        [0, 1],
      ]),
      tf.where(tf.greater(x, 2), tf.greater(x, 1), tf.less(x, 3)),
      tf.add(x, tf.tensor1d([1, 2])),
      tf.cast(tf.cast(x, 'bool'), 'float32'),
    ];
    tf.dispose(tf.tidy(all));
    const data = tf.engine().backend.numDataIds();
    expect(leakedTensors(() => tf.tidy(all))).toBe(0);
    expect(tf.engine().backend.numDataIds()).toBe(data);
    tf.dispose(x);
  });
});

describe('integers and booleans on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it('match those on cpu', async () => {
    const all = () =>
      tf.tidy(() => {
        const whole = tf.tensor1d([-3, 5, 0, 2], 'int32');
        const truth = tf.tensor1d([1, 0, 1, 1], 'bool');
        const other = tf.tensor1d([0, 0, 1, 0], 'bool');
        return [
          tf.cast(whole, 'bool'),
          tf.clipByValue(whole, -1, 3),
          tf.isNaN(whole),
          tf.isFinite(whole),
          tf.where(truth, other, truth),
          tf.reverse(truth),
          tf.abs(truth),
          tf.exp(truth),
          tf.relu(truth),
          tf.floorDiv(truth, other),
          tf.mod(truth, other),
          tf.mod(truth, tf.reshape(other, [4, 1])),
          tf.round(truth),
          tf.leakyRelu(truth),
          tf.prelu(whole, tf.tensor1d([2], 'int32')),
          tf.prelu(tf.cast(whole, 'float32'), truth),
          tf.prelu(truth, truth),
        ].map((y) => ({ dtype: y.dtype, values: [...y.dataSync()].map(Math.fround) }));
      });
    const onWasm = all();
    await useBackend('cpu');
    const onCpu = all();
    await useBackend('wasm');
    onWasm.forEach((got, i) => {
      expect(got.dtype).toBe(onCpu[i]!.dtype);
      got.values.forEach((value, at) => {
        expect(value).toBeCloseTo(onCpu[i]!.values[at]!, 6);
      });
    });
  });

  it('do not overwrite other tensors', () => {
    tf.tidy(() => {
      const beside = Array.from({ length: 100 }, (_, i) => tf.fill([1 + (i % 9)], 7));
      const truth = tf.fill([4, 3, 5], 1, 'bool');
      for (let i = 0; i < 20; i++) {
        tf.where(truth, truth, truth);
        tf.reverse(truth);
        tf.square(truth);
      }
      const after = Array.from({ length: 100 }, (_, i) => tf.fill([1 + (i % 9)], 7));
      for (const one of [...beside, ...after]) {
        expect([...one.dataSync()].every((value) => value === 7)).toBe(true);
      }
    });
  });
});
