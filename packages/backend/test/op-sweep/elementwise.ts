import * as tf from '@tensorflow/tfjs';
import { at, broadcast, generate, type NdArray } from './array.js';
import { ANY, type Call, isTrue, map, type Op, positive, shapeOf } from './op.js';

function unary(
  name: string,
  op: (x: tf.Tensor) => tf.Tensor,
  f: (x: number) => number,
  options: { into?: (x: number) => number } & Partial<Op> = {},
): Op {
  const { into = (value) => 3 * value, ...more } = options;
  return {
    name,
    hasGradient: true,
    ...more,
    draw: (draw) => {
      const x = map(draw.values(shapeOf(draw)), into);
      return { label: JSON.stringify(x.shape), inputs: [x], op, oracle: (a) => map(a, f) };
    },
  };
}

function binary(
  name: string,
  op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  f: (a: number, b: number) => number,
  options: { into?: (x: number) => number; dtype?: 'float32' | 'bool' } & Partial<Op> = {},
): Op {
  const { into = (value) => value, dtype, ...more } = options;
  return {
    name,
    hasGradient: true,
    ...more,
    draw: (draw) => {
      const whole = shapeOf(draw);
      const part = () =>
        whole.map((side) => (draw.integer(0, 2) ? side : 1)).slice(draw.integer(0, whole.length));
      const shapes = draw.pick([
        [whole, whole],
        [whole, part()],
        [part(), whole],
        [part(), part()],
      ]);
      const [a, b] = shapes.map((shape) => map(draw.values(shape), into)) as [NdArray, NdArray];
      return {
        label: `${JSON.stringify(a.shape)}, ${JSON.stringify(b.shape)}`,
        inputs: [a, b],
        op: op as Call['op'],
        dtype,
        oracle: (left, right) =>
          generate(broadcast(left.shape, right.shape), (i) => f(at(left, i), at(right, i))),
      };
    },
  };
}

/** Returns a number, NaN or an infinity, each for a third of the inputs. */
function oftenNotFinite(x: number): number {
  if (Math.abs(x) < 1 / 3) return x;
  return x > 0 ? Number.NaN : Math.sign(x) * Number.POSITIVE_INFINITY;
}

/** Elementwise ops. */
export const ELEMENTWISE: Op[] = [
  unary('abs', tf.abs, Math.abs, { dtypes: ANY }),
  unary('neg', tf.neg, (x) => -x, { dtypes: ['int32'] }),
  unary('exp', tf.exp, Math.exp, { dtypes: ANY }),
  unary('log', tf.log, Math.log, { into: positive }),
  unary('sqrt', tf.sqrt, Math.sqrt, { into: positive }),
  unary('square', tf.square, (x) => x * x, { dtypes: ANY }),
  unary('relu', tf.relu, (x) => Math.max(x, 0), { dtypes: ANY }),
  unary(
    'leakyRelu',
    (x) => tf.leakyRelu(x, 0.25),
    (x) => (x < 0 ? 0.25 * x : x),
    { dtypes: ANY },
  ),
  binary('prelu', tf.prelu, (x, slope) => (x < 0 ? slope * x : x), {
    hasGradient: false,
    dtypes: ANY,
  }),
  unary('round', tf.round, Math.round, { hasGradient: false, dtypes: ANY }),
  unary('sigmoid', tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
  unary('tanh', tf.tanh, Math.tanh),
  unary('cos', tf.cos, Math.cos, { usesTrigonometry: true }),
  unary(
    'step',
    (x) => tf.step(x, 0.25),
    (x) => (x > 0 ? 1 : 0.25 * 1),
    { hasGradient: false },
  ),
  unary(
    'clipByValue',
    (x) => tf.clipByValue(x, -1, 2),
    (x) => Math.min(Math.max(x, -1), 2),
    { dtypes: ANY },
  ),
  unary('zerosLike', tf.zerosLike, () => 0, { dtypes: ANY }),
  unary('onesLike', tf.onesLike, () => 1, { dtypes: ANY }),
  unary('clone', tf.clone, (x) => x, { dtypes: ANY }),
  unary('cast', (x) => tf.cast(tf.cast(x, 'int32'), 'float32'), Math.trunc, { hasGradient: false }),
  binary('add', tf.add, (a, b) => a + b, { dtypes: ANY }),
  binary('sub', tf.sub, (a, b) => a - b, { dtypes: ANY }),
  binary('mul', tf.mul, (a, b) => a * b, { dtypes: ['int32'] }),
  binary('div', tf.div, (a, b) => a / b, { into: positive }),
  binary('floorDiv', tf.floorDiv, (a, b) => Math.floor(a / b), {
    hasGradient: false,
    dtypes: ANY,
    into: positive,
  }),
  binary('mod', tf.mod, (a, b) => a % b, { hasGradient: false, dtypes: ANY, into: positive }),
  binary('pow', tf.pow, (a, b) => a ** b, { into: positive }),
  binary('maximum', tf.maximum, Math.max, { dtypes: ANY }),
  binary('minimum', tf.minimum, Math.min, { dtypes: ANY }),
  binary('squaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2, { dtypes: ['int32'] }),
  binary('greater', tf.greater, (a, b) => isTrue(a - b), {
    hasGradient: false,
    dtypes: ANY,
    into: Math.round,
  }),
  binary('equal', tf.equal, (a, b) => (a === b ? 1 : 0), {
    hasGradient: false,
    dtypes: ANY,
    into: Math.round,
  }),
  binary('greaterEqual', tf.greaterEqual, (a, b) => (a >= b ? 1 : 0), {
    hasGradient: false,
    dtypes: ANY,
    into: Math.round,
  }),
  binary('lessEqual', tf.lessEqual, (a, b) => (a <= b ? 1 : 0), {
    hasGradient: false,
    dtypes: ANY,
    into: Math.round,
  }),
  unary(
    'logicalNot',
    (x) => tf.logicalNot(tf.cast(x, 'bool')),
    (x) => 1 - x,
    { hasGradient: false, into: isTrue },
  ),
  unary('isNaN', tf.isNaN, (x) => (Number.isNaN(x) ? 1 : 0), {
    hasGradient: false,
    into: oftenNotFinite,
  }),
  unary('isFinite', tf.isFinite, (x) => (Number.isFinite(x) ? 1 : 0), {
    hasGradient: false,
    into: oftenNotFinite,
  }),
  binary('logicalAnd', tf.logicalAnd, (a, b) => a * b, {
    hasGradient: false,
    into: isTrue,
    dtype: 'bool',
  }),
  {
    name: 'where',
    hasGradient: true,
    dtypes: ANY,
    draw: (draw) => {
      const shape = shapeOf(draw);
      const condition = map(draw.values(shape), isTrue);
      return {
        label: JSON.stringify(shape),
        inputs: [draw.values(shape), draw.values(shape)],
        op: (a, b) =>
          tf.where(
            tf.tensor(Array.from(condition.data), shape, 'bool'),
            a as tf.Tensor,
            b as tf.Tensor,
          ),
        oracle: (a, b) => generate(shape, (i) => at(at(condition, i) ? a : b, i)),
      };
    },
  },
];
