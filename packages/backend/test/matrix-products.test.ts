import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { poisonMemory } from './poison.js';

/** Error bound: float32 sums in another order. */
const FLOAT32 = 1e-5;
/** A fixed seed makes failures reproducible. */
const RUNS = { seed: 20_261_120 };

interface Dense {
  shape: number[];
  values: ArrayLike<number>;
}

const dense = (x: tf.Tensor): Dense => ({ shape: x.shape, values: x.dataSync() });

/** Returns the value of a tensor at an index of a shape to which it broadcasts. */
function broadcastAt({ shape, values }: Dense, index: number[]): number {
  const lead = index.length - shape.length;
  const at = shape.reduce((sum, side, i) => sum * side + (side === 1 ? 0 : index[lead + i]!), 0);
  return values[at]!;
}

function indicesOf(shape: number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, side) => all.flatMap((index) => Array.from({ length: side }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Computes a · b in float64, value by value, by the rules of broadcasting. */
function product(a: Dense, b: Dense, transposeA: boolean, transposeB: boolean): Dense {
  const turned = (shape: number[], isTurned: boolean) =>
    isTurned ? [shape.at(-1)!, shape.at(-2)!] : [shape.at(-2)!, shape.at(-1)!];
  const [m, k] = turned(a.shape, transposeA) as [number, number];
  const n = turned(b.shape, transposeB)[1]!;
  const rank = Math.max(a.shape.length, b.shape.length) - 2;
  const batch = Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [a, b].map(({ shape }) => shape.slice(0, -2).at(axis - rank) ?? 1);
    return left === 1 ? right! : left!;
  });
  const shape = [...batch, m, n];
  const values = indicesOf(shape).map((index) => {
    const [row, column] = index.slice(-2) as [number, number];
    const lead = index.slice(0, -2);
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const left = broadcastAt(a, [...lead, ...(transposeA ? [i, row] : [row, i])]);
      sum += left * broadcastAt(b, [...lead, ...(transposeB ? [column, i] : [i, column])]);
    }
    return sum;
  });
  return { shape, values };
}

const ACTIVATIONS: Record<string, (x: number, slope: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  leakyrelu: (x) => (x < 0 ? 0.3 * x : x),
  prelu: (x, slope) => (x < 0 ? slope * x : x),
};
type Activation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu' | 'prelu';

const size = (max: number) => fc.integer({ min: 1, max });
const empty = (max: number) => fc.oneof({ weight: 8, arbitrary: size(max) }, fc.constant(0));

/** Batch axes of two operands that broadcast. An operand may have fewer axes, and axes of 1. */
const batches = fc
  .array(fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom('both', 'left', 'right')), {
    maxLength: 3,
  })
  .chain((axes) =>
    fc.tuple(fc.nat(axes.length), fc.nat(axes.length)).map(([cutA, cutB]) => ({
      a: axes.map(([side, sides]) => (sides === 'right' ? 1 : side)).slice(cutA),
      b: axes.map(([side, sides]) => (sides === 'left' ? 1 : side)).slice(cutB),
    })),
  );

const close = (got: tf.Tensor, want: Dense) => {
  expect(got.shape).toEqual(want.shape);
  const values = got.dataSync();
  expect(values.some(Number.isNaN)).toBe(false);
  if (values.length > 0) expect(relativeError(values, want.values)).toBeLessThan(FLOAT32);
};

describe.each(BACKENDS)('on %s', (name) => {
  beforeAll(() => useBackend(name));
  const numRuns = name === 'webgpu' ? 12 : 120;

  it('matMul matches its definition for all ranks, transposes, batches and empty axes', () => {
    const cases = fc.record({
      batch: batches,
      m: empty(5),
      k: fc.oneof(empty(6), fc.constant(70)),
      n: empty(5),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ batch, m, k, n, transposeA, transposeB }) => {
        tf.tidy(() => {
          const a = unitTensor(1, [...batch.a, ...(transposeA ? [k, m] : [m, k])]);
          const b = unitTensor(2, [...batch.b, ...(transposeB ? [n, k] : [k, n])]);
          poisonMemory();
          close(
            tf.matMul(a, b, transposeA, transposeB),
            product(dense(a), dense(b), transposeA, transposeB),
          );
        });
      }),
      { ...RUNS, numRuns },
    );
  });

  it.each([
    [
      [2, 1, 1, 1],
      [1, 2, 1, 1],
      [3, 4, 6, 8],
    ],
    [
      [2, 1, 1, 1],
      [3, 1, 1],
      [3, 4, 5, 6, 8, 10],
    ],
  ])('matMul of %j and %j computes every pair', (shapeA, shapeB, want) => {
    tf.tidy(() => {
      const a = tf.tensor([1, 2], shapeA);
      const b = tf.tensor(
        [3, 4, 5].slice(0, shapeB.at(-3)! > 1 ? shapeB.at(-3)! : shapeB[0]!),
        shapeB,
      );
      poisonMemory();
      expect([...tf.matMul(a, b).dataSync()]).toEqual(want);
    });
  });

  it.each([
    [[2, 1, 3, 4], [1, 3, 4, 2], false, false],
    [[3, 4], [2, 4, 2], false, false],
    [[2, 4, 3], [1, 2, 4], true, true],
    [[2, 2, 3, 0], [2, 1, 2, 0], false, true],
  ] as const)('matMul of %j and %j, transposed %j and %j, has correct gradients', (...given) => {
    const [shapeA, shapeB, transposeA, transposeB] = given;
    tf.tidy(() => {
      const [a, b] = [unitTensor(1, [...shapeA]), unitTensor(2, [...shapeB])];
      const op = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB);
      const dy = unitTensor(3, op(a, b).shape);
      poisonMemory();
      const [da, db] = tf.grads(op)([a, b], dy);
      expect([da!.shape, db!.shape]).toEqual([shapeA, shapeB]);
      // The product is linear in each factor: ⟨dy, op(u, b)⟩ = ⟨da, u⟩ for every u.
      const inner = (x: Dense, y: Dense) =>
        Array.from(x.values).reduce((total, value, i) => total + value * y.values[i]!, 0);
      for (const seed of [4, 5, 6]) {
        const [u, v] = [unitTensor(seed, [...shapeA]), unitTensor(seed, [...shapeB])];
        const alongA = product(dense(u), dense(b), transposeA, transposeB);
        const alongB = product(dense(a), dense(v), transposeA, transposeB);
        expect(inner(dense(da!), dense(u))).toBeCloseTo(inner(dense(dy), alongA), 4);
        expect(inner(dense(db!), dense(v))).toBeCloseTo(inner(dense(dy), alongB), 4);
      }
    });
  });

  it('matMul computes 0 · NaN and 0 · ∞ as NaN', () => {
    tf.tidy(() => {
      const a = tf.tensor3d([0, 1, 1, 0, 0, 0, 1, 1], [2, 2, 2]);
      const b = tf.tensor3d([Number.NaN, 1, 1, 1, Number.POSITIVE_INFINITY, 1, 1, 1], [2, 2, 2]);
      for (const transposed of [false, true]) {
        const right = transposed ? tf.transpose(b, [0, 2, 1]) : b;
        const want = product(dense(a), dense(right), false, transposed).values;
        expect([...tf.matMul(a, right, false, transposed).dataSync()]).toEqual(want);
      }
    });
  });

  it.each([
    [
      [2, 2, 3],
      [2, 4, 2],
    ],
    [
      [2, 3],
      [4, 2],
    ],
    [
      [2, 1, 2, 3],
      [1, 3, 2, 3],
    ],
  ])('matMul of %j and %j is refused', (a, b) => {
    tf.tidy(() => {
      expect(() => tf.matMul(tf.ones(a), tf.ones(b))).toThrow(/inner shapes/);
    });
  });

  it('fused.matMul matches its definition with every bias and activation', () => {
    const cases = fc.record({
      batch: size(3),
      shared: fc.constantFrom('none', 'left', 'right'),
      m: size(4),
      k: fc.oneof(empty(6), fc.constantFrom(48, 49, 100)),
      n: size(5),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      bias: fc.constantFrom('none', 'column', 'row', 'flat', 'one', 'scalar', 'whole', 'item'),
      slopes: fc.constantFrom('column', 'row', 'flat', 'one', 'scalar', 'whole', 'item'),
      activation: fc.constantFrom(...(Object.keys(ACTIVATIONS) as Activation[])),
    });
    fc.assert(
      fc.property(cases, (given) => {
        const { batch, shared, m, k, n, transposeA, transposeB, activation } = given;
        const shapes: Record<string, number[]> = {
          column: [m, 1],
          row: [1, n],
          flat: [n],
          one: [1],
          scalar: [],
          whole: [batch, m, n],
          item: [batch, 1, 1],
        };
        tf.tidy(() => {
          const [batchA, batchB] = [shared === 'left' ? 1 : batch, shared === 'right' ? 1 : batch];
          const a = unitTensor(1, [batchA, ...(transposeA ? [k, m] : [m, k])]);
          const b = tf.mul(unitTensor(2, [batchB, ...(transposeB ? [n, k] : [k, n])]), 4);
          const bias = given.bias === 'none' ? undefined : unitTensor(3, shapes[given.bias]!);
          const slopes = activation === 'prelu' ? unitTensor(4, shapes[given.slopes]!) : undefined;
          const plain = product(dense(a), dense(b), transposeA, transposeB);
          const activate = ACTIVATIONS[activation]!;
          const values = indicesOf(plain.shape).map((index, i) =>
            activate(
              plain.values[i]! + (bias ? broadcastAt(dense(bias), index) : 0),
              slopes ? broadcastAt(dense(slopes), index) : 0,
            ),
          );
          poisonMemory();
          const fused = tf.fused.matMul({
            a,
            b,
            transposeA,
            transposeB,
            bias,
            activation,
            preluActivationWeights: slopes,
            leakyreluAlpha: 0.3,
          });
          close(fused, { shape: plain.shape, values });
        });
      }),
      { ...RUNS, numRuns: name === 'webgpu' ? 15 : 250 },
    );
  });

  it('fused.matMul keeps NaN in its activations', () => {
    // A WebGPU device's exp may return a number for NaN. The software device does.
    const lost = name === 'webgpu' ? ['elu', 'sigmoid'] : [];
    tf.tidy(() => {
      const a = tf.tensor2d([Number.NaN, 1, 1, 1], [2, 2]);
      for (const activation of Object.keys(ACTIVATIONS) as Activation[]) {
        if (lost.includes(activation)) continue;
        const preluActivationWeights = activation === 'prelu' ? tf.scalar(0.5) : undefined;
        for (const transposeB of [false, true]) {
          const b = tf.tensor2d([1, 2, 2, 1], [2, 2]);
          const fused = tf.fused.matMul({ a, b, transposeB, activation, preluActivationWeights });
          const areNaN = [...fused.dataSync()].map(Number.isNaN);
          expect([activation, ...areNaN]).toEqual([activation, true, true, false, false]);
        }
      }
    });
  });

  it('fused.matMul refuses a bias with ambiguous batch axes', () => {
    tf.tidy(() => {
      const [a, b] = [tf.ones([2, 3, 1, 2]), tf.ones([2, 3, 2, 4])];
      const fused = (bias: tf.Tensor) => tf.fused.matMul({ a, b, bias });
      const whole = unitTensor(1, [2, 3, 1, 4]);
      const want = whole.dataSync().map((value) => value + 2);
      expect(relativeError(fused(whole).dataSync(), want)).toBeLessThan(FLOAT32);
      expect(() => fused(tf.ones([2, 1, 1, 4]))).toThrow(
        'fused.matMul: bias must have the shape of the product, ' +
          '[1, 4] for each of 6 items, or broadcast to it, got [2,1,1,4]',
      );
    });
  });

  it('the gradients of a dense layer match those of its parts', () => {
    tf.tidy(() => {
      const [x, w, bias] = [[3, 50], [50, 4], [4]].map((shape, i) => unitTensor(i, shape));
      const dy = unitTensor(5, [3, 4]);
      const fused = (...[a, b, c]: tf.Tensor[]) =>
        tf.sum(tf.mul(tf.fused.matMul({ a: a!, b: b!, bias: c!, activation: 'relu' }), dy));
      const parts = (...[a, b, c]: tf.Tensor[]) =>
        tf.sum(tf.mul(tf.relu(tf.add(tf.matMul(a!, b!), c!)), dy));
      const [got, want] = [fused, parts].map((f) => tf.grads(f)([x!, w!, bias!]));
      got!.forEach((grad, i) => {
        expect(relativeError(grad.dataSync(), want![i]!.dataSync())).toBeLessThan(FLOAT32);
      });
    });
  });
});
