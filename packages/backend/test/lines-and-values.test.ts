import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { poisonMemory } from './poison.js';

/** Values of a tensor with NaN, infinities, zeros and equal neighbours among them. */
function mixed(seed: number, shape: number[]): Float32Array {
  const values = unitTensor(seed, shape).dataSync() as Float32Array;
  const special = [Number.NaN, Infinity, -Infinity, 0, -0, 0.5];
  return values.map((value, i) => (i % 5 === seed % 5 ? special[i % special.length]! : value));
}

type Op = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor | tf.Tensor[];

/** The results of an op on a backend. */
async function on(backend: 'cpu' | 'wasm', op: Op, shapes: [number[], number[]]) {
  await useBackend(backend);
  return tf.tidy(() => {
    const [a, b] = shapes.map((shape, i) => tf.tensor(mixed(i + 1, shape), shape));
    poisonMemory();
    const results = [op(a!, b!)].flat();
    return results.map((y) => ({ shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] }));
  });
}

/** Lengths around the numbers of values that a step of a loop computes. */
const LENGTHS = [1, 3, 4, 15, 16, 17, 37, 67];

const BINARY: Record<string, Op> = {
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  equal: tf.equal,
  notEqual: tf.notEqual,
  minimum: tf.minimum,
  maximum: tf.maximum,
  where: (a, b) => tf.where(tf.greater(a, 0), a, b),
  logicalAnd: (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.less(b, 0.25)),
  leakyRelu: (a) => tf.leakyRelu(a, 0.125),
  relu: tf.relu,
};

beforeAll(() => useBackend('wasm'));

describe.each(Object.entries(BINARY))('%s on wasm', (name, op) => {
  it.each(LENGTHS)('of %d values is that of cpu, with NaN and infinities', async (length) => {
    const shapes: [number[], number[]][] = [[[length], [length]]];
    if (!['where', 'logicalAnd'].includes(name)) {
      shapes.push([[length], []], [[1], [length]], [[2, length], [length]]);
    }
    for (const pair of shapes) {
      expect(await on('wasm', op, pair)).toEqual(await on('cpu', op, pair));
    }
  });
});

it('keep NaN of either sign', () => {
  tf.tidy(() => {
    const infinite = tf.fill([5], Number.POSITIVE_INFINITY);
    // On x86, ∞ − ∞ has the sign bit.
    for (const x of [tf.sub(infinite, infinite), tf.fill([5], Number.NaN)]) {
      for (const op of [tf.relu, tf.relu6, tf.elu, tf.softplus]) {
        expect([...op(x).dataSync()]).toEqual(Array(5).fill(Number.NaN));
      }
      const dense = tf.layers.dense({ units: 2, activation: 'relu', kernelInitializer: 'ones' });
      const y = dense.apply(tf.reshape(x, [1, 5])) as tf.Tensor;
      expect([...y.dataSync()]).toEqual([Number.NaN, Number.NaN]);
      const image = tf.reshape(x, [1, 1, 5, 1]) as tf.Tensor4D;
      const filter = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
      const options = { x: image, filter, strides: 1, pad: 'same' } as const;
      for (const activation of ['relu', 'relu6'] as const) {
        for (const op of [tf.fused.conv2d, tf.fused.depthwiseConv2d]) {
          expect(op({ ...options, activation }).dataSync()[4]).toBeNaN();
        }
      }
    }
  });
});

const DTYPES = ['float32', 'int32', 'bool'] as const;
const LINES: Record<string, Op> = {
  'concat along the first axis': (a, b) => tf.concat([a, b, a], 0),
  'concat along a middle axis': (a, b) => tf.concat([a, b], 1),
  'concat along the last axis': (a, b) => tf.concat([a, b, a], -1),
  'stack in front': (a, b) => tf.stack([a, b]),
  'stack behind': (a, b) => tf.stack([a, b], a.rank),
  'split along the last axis': (a) => tf.split(a, [1, a.shape.at(-1)! - 1], -1),
  'split along a middle axis': (a) => tf.split(a, a.shape[1]!, 1),
  'unstack along a middle axis': (a) => tf.unstack(a, 1),
  'slice of inner axes': (a) => tf.slice(a, [0, 1, 0], [-1, 2, -1]),
  'slice of all axes': (a) => tf.slice(a, [1, 1, 1], [1, 2, a.shape[2]! - 2]),
  'slice of the last axis': (a) => tf.slice(a, [0, 0, 1], [-1, -1, 1]),
  'pad of all axes': (a) =>
    tf.pad(a, [
      [1, 0],
      [0, 2],
      [3, 1],
    ]),
  'pad of the last axis by a value': (a) =>
    tf.pad(
      a,
      [
        [0, 0],
        [0, 0],
        [1, 1],
      ],
      1,
    ),
  'tile of the last axis': (a) => tf.tile(a, [1, 1, 3]),
  'tile of all axes': (a) => tf.tile(a, [2, 3, 2]),
  'tile of single values': (a) => tf.tile(tf.slice(a, [0, 0, 0], [-1, -1, 1]), [1, 1, 19]),
};

describe.each(Object.entries(LINES))('%s on wasm', (_name, op) => {
  it.each([3, 4, 19, 131])('of %d channels is that of cpu, in every dtype', async (channels) => {
    const shape = [2, 3, channels];
    for (const dtype of DTYPES) {
      // A cast of NaN to integers differs between backends.
      const finite = (x: tf.Tensor) => tf.where(tf.less(tf.abs(x), 10), x, tf.onesLike(x));
      const cast = (x: tf.Tensor) => tf.cast(finite(tf.mul(x, 4)), dtype);
      const cased: Op = (a, b) => op(cast(a), cast(b));
      const pair: [number[], number[]] = [shape, shape];
      expect(await on('wasm', cased, pair)).toEqual(await on('cpu', cased, pair));
    }
  });
});

describe('arguments that tfjs does not check, on wasm', () => {
  const x = () => tf.ones([3, 4]) as tf.Tensor2D;
  it.each<[string, () => unknown, RegExp]>([
    [
      'negative paddings',
      () =>
        tf.pad(x(), [
          [-1, 1],
          [0, 0],
        ]),
      /^pad: paddings must be two int/,
    ],
    [
      'too many paddings',
      () =>
        tf.pad(tf.ones([3]), [
          [1, 1],
          [1, 1],
        ]),
      /each of 1 axes, got/,
    ],
    [
      'a fraction of padding',
      () =>
        tf.pad(x(), [
          [0.5, 0],
          [0, 0],
        ]),
      /^pad: paddings must be/,
    ],
    ['a negative begin', () => tf.slice(x(), [0, -2], [2, 2]), /^slice: begin must lie in \[3,4\]/],
    ['begins beyond x', () => tf.slice(x(), [5, 6], [-1, -1]), /slice/i],
    ['negative sizes of parts', () => tf.split(tf.ones([3]), [-2, 5]), /[Nn]egative size/],
    ['sizes of parts beyond x', () => tf.split(tf.ones([3]), [5, -1]), /size/],
  ])('%s are an error, after which all works', async (_what, op, message) => {
    await useBackend('wasm');
    tf.tidy(() => {
      expect(op).toThrow(message);
      expect([...tf.add(x(), 1).dataSync()]).toEqual(new Array(12).fill(2));
    });
  });

  it('fractions of repetitions give what they give on cpu', async () => {
    const op: Op = (a) => tf.tile(a, [1, 1.5]);
    const shapes: [number[], number[]] = [[2, 2], [1]];
    expect(await on('wasm', op, shapes)).toEqual(await on('cpu', op, shapes));
  });
});

it('operands that both repeat are compared on wasm as on cpu', async () => {
  for (const op of [tf.greater, tf.lessEqual, tf.minimum, tf.maximum]) {
    const shapes: [number[], number[]] = [
      [2, 1, 5],
      [1, 3, 1],
    ];
    expect(await on('wasm', op, shapes)).toEqual(await on('cpu', op, shapes));
  }
});

describe('gradients of pixels that are repeated or averaged, on wasm', () => {
  it.each([
    { size: [2, 3, 4, 1], factors: [2, 2] },
    { size: [1, 2, 3, 7], factors: [3, 1] },
    { size: [2, 1, 1, 20], factors: [2, 5] },
    { size: [1, 2, 2, 3], factors: [3, 36] },
  ] as const)('upsampling of %j', async ({ size, factors }) => {
    const [batch, height, width, channels] = size;
    const large = [batch, height * factors[0], width * factors[1], channels];
    await useBackend('wasm');
    const x = unitTensor(1, [...size]) as tf.Tensor4D;
    const dy = unitTensor(2, large);
    const up = (t: tf.Tensor4D) =>
      tf.image.resizeNearestNeighbor(t, [large[1]!, large[2]!]) as tf.Tensor;
    poisonMemory();
    const got = tf
      .grad((t) => up(t as tf.Tensor4D))(x, dy)
      .dataSync();
    const want = new Float64Array(x.size);
    const slopes = dy.dataSync();
    for (let i = 0; i < slopes.length; i++) {
      const [n, h, w, c] = tf.util.indexToLoc(i, 4, tf.util.computeStrides(large)) as number[];
      const [row, column] = [Math.floor(h! / factors[0]), Math.floor(w! / factors[1])];
      want[((n! * height + row) * width + column) * channels + c!]! += slopes[i]!;
    }
    for (const [i, value] of got.entries()) expect(value).toBeCloseTo(want[i]!, 5);
    tf.dispose([x, dy]);
  });

  it.each([
    { filter: [2, 2], strides: [2, 2], pad: 'valid', channels: 5 },
    { filter: [3, 2], strides: [1, 2], pad: 'same', channels: 4 },
    { filter: [3, 3], strides: [2, 1], pad: 'same', channels: 18 },
    { filter: [1, 4], strides: [3, 3], pad: 'valid', channels: 1 },
  ] as const)('averages over %j', async ({ filter, strides, pad, channels }) => {
    await useBackend('wasm');
    const x = unitTensor(3, [2, 7, 6, channels]) as tf.Tensor4D;
    const average = (t: tf.Tensor4D) => tf.avgPool(t, [...filter], [...strides], pad);
    const dy = tf.tidy(() => unitTensor(4, average(x).shape));
    poisonMemory();
    const got = tf
      .grad((t) => average(t as tf.Tensor4D))(x, dy)
      .dataSync();
    await useBackend('cpu');
    const want = tf
      .grad((t) => average(t as tf.Tensor4D))(x, dy)
      .dataSync();
    for (const [i, value] of got.entries()) expect(value).toBeCloseTo(want[i]!, 5);
    tf.dispose([x, dy]);
  });
});
