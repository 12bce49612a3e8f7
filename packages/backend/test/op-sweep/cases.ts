import * as tf from '@tensorflow/tfjs';
import { at, broadcast, generate, type NdArray, reduce } from './array.js';
import { isWithin, type PoolWindow, poolOracle, poolSlopes } from './pool.js';

/** Draws numbers for one call of an op. */
export interface Draw {
  /** The highest rank that the backend promises. */
  mostRank: number;
  /** An integer in [least, most]. */
  integer(least: number, most: number): number;
  /** One of the choices. */
  pick<T>(choices: readonly T[]): T;
  /** Values in (−1, 1), all of them different. */
  values(shape: number[]): NdArray;
}

/** One call of an op of tfjs, and the result that it must give. */
export interface Call {
  /** The arguments in words. */
  label: string;
  inputs: NdArray[];
  op: (...inputs: tf.Tensor[]) => tf.Tensor;
  oracle: (...inputs: NdArray[]) => NdArray;
  /** Its gradients. They are given where differences do not tell them: at equal values. */
  slopes?: (upstream: Float64Array) => NdArray[];
  /** Dtype of the inputs. Default float32. */
  dtype?: 'float32' | 'int32' | 'bool';
}

/** An op that models, layers, the conformance kit or the docs use. */
export interface Op {
  name: string;
  /** Whether tfjs promises a gradient. */
  hasGradient: boolean;
  /** Dtypes for which it must also be right, or refuse by name. */
  dtypes?: ('int32' | 'bool')[];
  /** Backends on which tfjs has no such op, and the error that says so. */
  missing?: Partial<Record<'cpu' | 'wasm' | 'webgpu', RegExp>>;
  /** Whether it uses a GPU's own sines and cosines, which are less exact. */
  usesTrigonometry?: boolean;
  draw(draw: Draw): Call;
}

const ANY: Op['dtypes'] = ['int32', 'bool'];

/** A shape with a drawn rank and few values. */
function shapeOf(draw: Draw, least = 0, most = draw.mostRank): number[] {
  const rank = draw.integer(least, most);
  return Array.from({ length: rank }, () => draw.integer(1, rank > 3 ? 3 : 5));
}

const map = (x: NdArray, f: (value: number) => number): NdArray => ({
  shape: x.shape,
  data: x.data.map(f),
});

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

function reduction(
  name: string,
  op: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor,
  combine: (values: number[]) => number,
): Op {
  return {
    name,
    hasGradient: true,
    dtypes: ANY,
    draw: (draw) => {
      // Some axes are long, since backends sum those in another way.
      const shape = draw.integer(0, 3)
        ? shapeOf(draw, 1)
        : [draw.integer(30, 90), draw.integer(1, 2)];
      const axes = shape.map((_, axis) => axis).filter(() => draw.integer(0, 1));
      const keepDims = draw.pick([false, true]);
      return {
        label: `${JSON.stringify(shape)} over ${JSON.stringify(axes)}, keepDims ${keepDims}`,
        inputs: [draw.values(shape)],
        op: (x) => op(x as tf.Tensor, axes, keepDims),
        oracle: (x) => reduce(x, axes, keepDims, combine),
      };
    },
  };
}

function position(
  name: string,
  op: typeof tf.argMax,
  isBetter: (a: number, b: number) => boolean,
): Op {
  return {
    name,
    hasGradient: false,
    draw: (draw) => {
      const shape = draw.integer(0, 1)
        ? shapeOf(draw, 1, 5)
        : [draw.integer(1, 3), draw.integer(28, 200)];
      const axis = draw.integer(0, shape.length - 1);
      // There are few different values, so that most are drawn more than once.
      const scale = draw.pick([1, 1, 1e25]);
      const x = map(draw.values(shape), (value) => scale * Math.round(3 * value));
      return {
        label: `${JSON.stringify(shape)} along ${axis}`,
        dtype: scale === 1 ? draw.pick(['float32', 'int32']) : 'float32',
        inputs: [x],
        op: (a) => op(a as tf.Tensor, axis),
        oracle: (a) =>
          reduce(a, [axis], false, (values) => {
            let best = 0;
            values.forEach((value, i) => {
              if (isBetter(value, values[best]!)) best = i;
            });
            return best;
          }),
      };
    },
  };
}

type Rounding = 'floor' | 'round' | 'ceil';

/** Draws a pooling over some axes. Every window holds a pixel. */
function drawWindow(draw: Draw, sides: number[], paddings: string[]): PoolWindow {
  for (;;) {
    const filter = sides.map((side) => draw.integer(1, Math.min(4, side)));
    const strides = sides.map(() => draw.integer(1, 5));
    const kind = draw.pick(paddings);
    let pad: PoolWindow['pad'] = kind as 'same';
    if (kind === 'number') pad = draw.integer(0, Math.min(...filter) - 1);
    if (kind === 'explicit') {
      pad = filter.map((width): [number, number] => [
        draw.integer(0, width - 1),
        draw.integer(0, width - 1),
      ]);
    }
    const rounding =
      typeof pad === 'string' ? undefined : draw.pick<Rounding>(['floor', 'round', 'ceil']);
    const window = { filter, strides, pad, rounding };
    if (isWithin(sides, window)) return window;
  }
}

/** A pooling of tfjs over two axes, or over three. */
function pooling(
  name: string,
  kind: 'mean' | 'max',
  op: (x: tf.Tensor, window: PoolWindow) => tf.Tensor,
  axes: 2 | 3,
): Op {
  return {
    name,
    hasGradient: true,
    draw: (draw) => {
      const sides = Array.from({ length: axes }, () => draw.integer(1, axes === 2 ? 9 : 5));
      const shape = [draw.integer(1, 2), ...sides, draw.integer(1, 3)];
      const paddings = ['same', 'same', 'valid', 'number', ...(axes === 2 ? ['explicit'] : [])];
      const window = drawWindow(draw, sides, paddings);
      const values = draw.values(shape);
      // There are few different values, so that the first of equal ones matters. Some are very
      // large.
      const scale = draw.pick([1, 1, 1e25]);
      const x =
        kind === 'mean' ? values : map(values, (value) => scale * (Math.round(4 * value) - 5));
      return {
        label: `${JSON.stringify(shape)}, ${JSON.stringify(window)}, ${scale}`,
        inputs: [x],
        op: (a) => op(a as tf.Tensor, window),
        oracle: (a) => poolOracle(a, window, kind),
        slopes: (upstream) => [poolSlopes(x, window, kind, upstream)],
      };
    },
  };
}

/** Padding as tfjs takes it. */
const tfjsPad = (pad: PoolWindow['pad']) =>
  (typeof pad === 'object' ? [[0, 0], ...pad, [0, 0]] : pad) as 'same';

const pooling2d =
  (op: typeof tf.avgPool) =>
  (x: tf.Tensor, { filter, strides, pad, rounding }: PoolWindow) =>
    op(
      x as tf.Tensor4D,
      filter as [number, number],
      strides as [number, number],
      tfjsPad(pad),
      rounding,
    );

const pooling3d =
  (op: typeof tf.avgPool3d) =>
  (x: tf.Tensor, { filter, strides, pad, rounding }: PoolWindow) =>
    op(
      x as tf.Tensor5D,
      filter as [number, number, number],
      strides as [number, number, number],
      pad as 'same',
      rounding,
    );

/** Draws an order of the axes. */
function shuffled(draw: Draw, count: number): number[] {
  const rest = Array.from({ length: count }, (_, i) => i);
  return rest.map((_, i) => {
    const j = draw.integer(i, count - 1);
    [rest[i], rest[j]] = [rest[j]!, rest[i]!];
    return rest[i]!;
  });
}

/** An op with a tensor and an argument, which is drawn for the tensor's shape. */
function rearranged<Argument>(
  name: string,
  options: {
    least?: number;
    most?: number;
    dtypes?: Op['dtypes'];
    argument: (draw: Draw, shape: number[]) => Argument;
    op: (x: tf.Tensor, argument: Argument) => tf.Tensor;
    oracle: (x: NdArray, argument: Argument) => NdArray;
  },
): Op {
  const { least = 1, most, dtypes = ANY, argument, op, oracle } = options;
  return {
    name,
    hasGradient: true,
    dtypes,
    draw: (draw) => {
      const shape = shapeOf(draw, least, most);
      const drawn = argument(draw, shape);
      return {
        label: `${JSON.stringify(shape)}, ${JSON.stringify(drawn)}`,
        inputs: [draw.values(shape)],
        op: (x) => op(x as tf.Tensor, drawn),
        oracle: (x) => oracle(x, drawn),
      };
    },
  };
}

/** An op that joins several inputs into one. */
function joined(
  name: string,
  shapes: (draw: Draw) => { shapes: number[][]; axis: number },
  op: (xs: tf.Tensor[], axis: number) => tf.Tensor,
  oracle: (xs: NdArray[], axis: number) => NdArray,
  dtypes: Op['dtypes'] = ANY,
): Op {
  return {
    name,
    hasGradient: true,
    dtypes,
    draw: (draw) => {
      const drawn = shapes(draw);
      return {
        label: JSON.stringify(drawn),
        inputs: drawn.shapes.map((shape) => draw.values(shape)),
        op: (...xs) => op(xs, drawn.axis),
        oracle: (...xs) => oracle(xs, drawn.axis),
      };
    },
  };
}

/**
 * A transform along the last axis. Its inputs are real parts. Its result is one tensor, also if it
 * is complex.
 */
function transform(
  name: string,
  options: {
    length: (draw: Draw) => number;
    inputs: 1 | 2;
    op: (parts: tf.Tensor[]) => tf.Tensor;
    valueAt: (line: number[][], at: number, count: number) => [number, number];
    count?: (length: number) => number;
    isReal?: boolean;
  },
): Op {
  const { length, inputs, op, valueAt, count = (n) => n, isReal = false } = options;
  return {
    name,
    // tfjs has no gradient for the imaginary part.
    hasGradient: false,
    missing: { wasm: /not registered for backend 'wasm'/ },
    usesTrigonometry: true,
    draw: (draw) => {
      const shape = [...shapeOf(draw, 0, 4), length(draw)];
      const both = (x: tf.Tensor) => (isReal ? x : tf.stack([tf.real(x), tf.imag(x)]));
      return {
        label: JSON.stringify(shape),
        inputs: Array.from({ length: inputs }, () => draw.values(shape)),
        op: (...parts) => both(op(parts)),
        oracle: (...parts) => {
          const n = shape.at(-1)!;
          const out = [...shape.slice(0, -1), count(n)];
          const part = (which: 0 | 1) =>
            generate(out, (index) => {
              const line = parts.map((x) =>
                Array.from({ length: n }, (_, i) => at(x, index.with(-1, i))),
              );
              return valueAt(line, index.at(-1)!, n)[which];
            });
          const [re, im] = [part(0), part(1)];
          if (isReal) return re;
          return { shape: [2, ...out], data: Float64Array.of(...re.data, ...im.data) };
        },
      };
    },
  };
}

/** Σ (re + i·im)·exp(sign·2πi·k·i/n) over a line. */
function dft(re: number[], im: number[], k: number, sign: number): [number, number] {
  let [real, imag] = [0, 0];
  const n = re.length;
  for (let i = 0; i < n; i++) {
    const [c, s] = [
      Math.cos((2 * Math.PI * k * i) / n),
      sign * Math.sin((2 * Math.PI * k * i) / n),
    ];
    real += re[i]! * c - im[i]! * s;
    imag += re[i]! * s + im[i]! * c;
  }
  return [real, imag];
}

const positive = (x: number) => 0.2 + Math.abs(2 * x);
const isTrue = (x: number) => (x > 0 ? 1 : 0);
const softmaxOf = (line: number[]) => {
  const most = Math.max(...line);
  const powers = line.map((value) => Math.exp(value - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
};
const alongLast = (x: NdArray, f: (line: number[], at: number) => number): NdArray =>
  generate(x.shape, (index) =>
    f(
      Array.from({ length: x.shape.at(-1)! }, (_, i) => at(x, index.with(-1, i))),
      index.at(-1)!,
    ),
  );

export const OPS: Op[] = [
  unary('abs', tf.abs, Math.abs, { dtypes: ANY }),
  unary('neg', tf.neg, (x) => -x, { dtypes: ['int32'] }),
  unary('exp', tf.exp, Math.exp, { dtypes: ANY }),
  unary('log', tf.log, Math.log, { into: positive }),
  unary('sqrt', tf.sqrt, Math.sqrt, { into: positive }),
  unary('square', tf.square, (x) => x * x, { dtypes: ANY }),
  unary('relu', tf.relu, (x) => Math.max(x, 0), { dtypes: ANY }),
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
  binary('add', tf.add, (a, b) => a + b, { dtypes: ['int32'] }),
  binary('sub', tf.sub, (a, b) => a - b, { dtypes: ['int32'] }),
  binary('mul', tf.mul, (a, b) => a * b, { dtypes: ['int32'] }),
  binary('div', tf.div, (a, b) => a / b, { into: positive }),
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
  reduction('sum', tf.sum, (values) => values.reduce((a, b) => a + b, 0)),
  reduction('mean', tf.mean, (values) => values.reduce((a, b) => a + b, 0) / values.length),
  reduction('max', tf.max, (values) => Math.max(...values)),
  reduction('min', tf.min, (values) => Math.min(...values)),
  position('argMax', tf.argMax, (a, b) => a > b),
  position('argMin', tf.argMin, (a, b) => a < b),
  pooling('avgPool', 'mean', pooling2d(tf.avgPool), 2),
  pooling('maxPool', 'max', pooling2d(tf.maxPool), 2),
  pooling('avgPool3d', 'mean', pooling3d(tf.avgPool3d), 3),
  pooling('maxPool3d', 'max', pooling3d(tf.maxPool3d), 3),
  rearranged('softmax', {
    argument: () => null,
    op: (x) => tf.softmax(x),
    oracle: (x) => alongLast(x, (line, i) => softmaxOf(line)[i]!),
  }),
  rearranged('logSoftmax', {
    // For booleans, tfjs subtracts the largest value in eight bits.
    dtypes: ['int32'],
    argument: () => null,
    op: (x) => tf.logSoftmax(x),
    oracle: (x) => alongLast(x, (line, i) => Math.log(softmaxOf(line)[i]!)),
  }),
  rearranged('transpose', {
    argument: (draw, shape) => shuffled(draw, shape.length),
    op: (x, order) => tf.transpose(x, order),
    oracle: (x, order) =>
      generate(
        order.map((axis) => x.shape[axis]!),
        (i) =>
          at(
            x,
            x.shape.map((_, axis) => i[order.indexOf(axis)]!),
          ),
      ),
  }),
  rearranged('reshape', {
    most: 5,
    argument: (draw, shape) => [1, ...shuffled(draw, shape.length).map((axis) => shape[axis]!)],
    op: (x, shape) => tf.reshape(x, shape),
    oracle: (x, shape) => ({ shape, data: x.data }),
  }),
  rearranged('expandDims', {
    most: 5,
    argument: (draw, shape) => draw.integer(0, shape.length),
    op: (x, axis) => tf.expandDims(x, axis),
    oracle: (x, axis) => ({ shape: x.shape.toSpliced(axis, 0, 1), data: x.data }),
  }),
  rearranged('slice', {
    argument: (draw, shape) => {
      const begin = shape.map((side) => draw.integer(0, side - 1));
      return { begin, size: shape.map((side, axis) => draw.integer(1, side - begin[axis]!)) };
    },
    op: (x, { begin, size }) => tf.slice(x, begin, size),
    oracle: (x, { begin, size }) =>
      generate(size, (index) =>
        at(
          x,
          index.map((i, axis) => (x.shape[axis] === 1 ? 0 : i + begin[axis]!)),
        ),
      ),
  }),
  rearranged('pad', {
    argument: (draw, shape) =>
      // wasm pads six axes, and refuses more by name.
      shape.map((_, axis): [number, number] =>
        axis % 2 === 0 && axis < 5
          ? [draw.integer(0, 2), draw.integer(0, 2)]
          : [0, draw.integer(0, axis < 4 ? 2 : 0)],
      ),
    op: (x, paddings) => tf.pad(x, paddings, 1),
    oracle: (x, paddings) =>
      generate(
        x.shape.map((side, axis) => side + paddings[axis]![0] + paddings[axis]![1]),
        (index) => {
          const inside = index.map((i, axis) => i - paddings[axis]![0]);
          return inside.some((i, axis) => i < 0 || i >= x.shape[axis]!) ? 1 : at(x, inside);
        },
      ),
  }),
  rearranged('reverse', {
    most: 4,
    argument: (draw, shape) => shape.map((_, axis) => axis).filter(() => draw.integer(0, 1)),
    op: (x, axes) => tf.reverse(x, axes),
    oracle: (x, axes) =>
      generate(x.shape, (index) =>
        at(
          x,
          index.map((i, axis) => (axes.includes(axis) ? x.shape[axis]! - 1 - i : i)),
        ),
      ),
  }),
  rearranged('tile', {
    most: 5,
    argument: (draw, shape) => shape.map(() => draw.integer(1, 3)),
    op: (x, times) => tf.tile(x, times),
    oracle: (x, times) =>
      generate(
        x.shape.map((side, axis) => side * times[axis]!),
        (index) =>
          at(
            x,
            index.map((i, axis) => i % x.shape[axis]!),
          ),
      ),
  }),
  rearranged('split, the second part', {
    argument: (draw, shape) => {
      const axis = draw.integer(0, shape.length - 1);
      shape[axis]! += 2;
      const first = draw.integer(1, shape[axis]! - 2);
      const second = draw.integer(1, shape[axis]! - 1 - first);
      return { axis, sizes: [first, second, shape[axis]! - first - second] };
    },
    op: (x, { axis, sizes }) => tf.split(x, sizes, axis)[1]!,
    oracle: (x, { axis, sizes }) =>
      generate(x.shape.with(axis, sizes[1]!), (index) =>
        at(x, index.with(axis, index[axis]! + sizes[0]!)),
      ),
  }),
  rearranged('unstack, the last part', {
    argument: (draw, shape) => draw.integer(0, shape.length - 1),
    op: (x, axis) => tf.unstack(x, axis).at(-1)!,
    oracle: (x, axis) =>
      generate(x.shape.toSpliced(axis, 1), (index) =>
        at(x, index.toSpliced(axis, 0, x.shape[axis]! - 1)),
      ),
  }),
  joined(
    'concat',
    (draw) => {
      const shape = shapeOf(draw, 1, 5).map((side) => Math.min(side, 2));
      const axis = draw.integer(0, shape.length - 1);
      const count = draw.integer(1, 10);
      return {
        axis,
        shapes: Array.from({ length: count }, () => shape.with(axis, draw.integer(1, 3))),
      };
    },
    (xs, axis) => tf.concat(xs, axis),
    (xs, axis) => {
      const total = xs.reduce((sum, x) => sum + x.shape[axis]!, 0);
      return generate(xs[0]!.shape.with(axis, total), (index) => {
        let rest = index[axis]!;
        const part = xs.find((x) => {
          if (rest < x.shape[axis]!) return true;
          rest -= x.shape[axis]!;
          return false;
        });
        return at(part!, index.with(axis, rest));
      });
    },
  ),
  joined(
    'stack',
    (draw) => {
      const shape = shapeOf(draw, 0, 5);
      const axis = draw.integer(0, shape.length);
      return { axis, shapes: Array.from({ length: draw.integer(1, 10) }, () => shape) };
    },
    (xs, axis) => tf.stack(xs, axis),
    (xs, axis) =>
      generate(xs[0]!.shape.toSpliced(axis, 0, xs.length), (index) =>
        at(xs[index[axis]!]!, index.toSpliced(axis, 1)),
      ),
  ),
  joined(
    'addN',
    (draw) => {
      const shape = shapeOf(draw);
      return { axis: 0, shapes: Array.from({ length: draw.integer(1, 12) }, () => shape) };
    },
    (xs) => tf.addN(xs),
    (xs) => generate(xs[0]!.shape, (index) => xs.reduce((sum, x) => sum + at(x, index), 0)),
    ['int32'],
  ),
  joined(
    'matMul',
    (draw) => {
      const [m, k, n] = [draw.integer(1, 6), draw.integer(1, 7), draw.integer(1, 6)];
      const batch = shapeOf(draw, 0, 2).map((side) => Math.min(side, 3));
      return {
        axis: 0,
        shapes: [
          [...batch, m, k],
          [...batch, k, n],
        ],
      };
    },
    ([a, b]) => tf.matMul(a!, b!),
    ([a, b]) =>
      generate([...a!.shape.slice(0, -1), b!.shape.at(-1)!], (index) => {
        let total = 0;
        for (let k = 0; k < a!.shape.at(-1)!; k++)
          total += at(a!, index.with(-1, k)) * at(b!, index.with(-2, k));
        return total;
      }),
  ),
  {
    name: 'depthToSpace',
    hasGradient: false,
    draw: (draw) => {
      const [n, h, w, c] = [1, 2, 3, 4].map(() => draw.integer(1, 3)) as [
        number,
        number,
        number,
        number,
      ];
      const block = draw.integer(2, 3);
      const shape = [n, h, w, c * block * block];
      return {
        label: `${JSON.stringify(shape)}, ${block}`,
        inputs: [draw.values(shape)],
        op: (x) => tf.depthToSpace(x as tf.Tensor4D, block),
        oracle: (x) =>
          generate([n, h * block, w * block, c], ([i, row, column, channel]) => {
            const inner = (row! % block) * block + (column! % block);
            return at(x, [
              i!,
              Math.floor(row! / block),
              Math.floor(column! / block),
              inner * c + channel!,
            ]);
          }),
      };
    },
  },
  {
    name: 'oneHot',
    hasGradient: false,
    draw: (draw) => {
      const shape = shapeOf(draw, 1, 2);
      const depth = draw.integer(2, 6);
      return {
        label: `${JSON.stringify(shape)}, depth ${depth}`,
        inputs: [map(draw.values(shape), (value) => Math.round(4 * value))],
        dtype: 'int32',
        op: (x) => tf.oneHot(x as tf.Tensor1D, depth),
        oracle: (x) =>
          generate([...shape, depth], (index) =>
            at(x, index.slice(0, -1)) === index.at(-1) ? 1 : 0,
          ),
      };
    },
  },
  {
    name: 'batchNorm',
    hasGradient: true,
    draw: (draw) => {
      const shape = shapeOf(draw, 2, 4);
      const channels = [shape.at(-1)!];
      const [x, mean, offset, scale] = [shape, channels, channels, channels].map(
        draw.values,
      ) as NdArray[];
      const variance = map(draw.values(channels), positive);
      return {
        label: JSON.stringify(shape),
        inputs: [x!, mean!, variance, offset!, scale!],
        op: (a, m, v, b, g) =>
          tf.batchNorm(
            a as tf.Tensor,
            m as tf.Tensor1D,
            v as tf.Tensor1D,
            b as tf.Tensor1D,
            g as tf.Tensor1D,
            0.01,
          ),
        oracle: (a, m, v, b, g) =>
          generate(shape, (index) => {
            const one = [index.at(-1)!];
            const z = (at(a!, index) - at(m!, one)) / Math.sqrt(at(v!, one) + 0.01);
            return z * at(g!, one) + at(b!, one);
          }),
      };
    },
  },
  {
    name: 'losses.softmaxCrossEntropy',
    hasGradient: true,
    draw: (draw) => {
      const shape = [draw.integer(1, 5), draw.integer(1, 40)];
      const classes = Array.from({ length: shape[0]! }, () => draw.integer(0, shape[1]! - 1));
      const labels = generate(shape, ([row, column]) => (classes[row!] === column ? 1 : 0));
      return {
        label: JSON.stringify(shape),
        inputs: [draw.values(shape)],
        op: (x) =>
          tf.losses.softmaxCrossEntropy(tf.tensor(Array.from(labels.data), shape), x as tf.Tensor),
        oracle: (x) => {
          let loss = 0;
          const probabilities = alongLast(x, (line, i) => softmaxOf(line)[i]!);
          classes.forEach((label, row) => {
            loss -= Math.log(at(probabilities, [row, label])) / classes.length;
          });
          return { shape: [], data: Float64Array.of(loss) };
        },
      };
    },
  },
  transform('fft', {
    inputs: 2,
    length: (draw) => draw.integer(1, 9),
    op: ([re, im]) => tf.fft(tf.complex(re!, im!)),
    valueAt: ([re, im], k) => dft(re!, im!, k, -1),
  }),
  transform('ifft', {
    inputs: 2,
    length: (draw) => draw.integer(1, 9),
    op: ([re, im]) => tf.ifft(tf.complex(re!, im!)),
    valueAt: ([re, im], k, n) => dft(re!, im!, k, 1).map((part) => part / n) as [number, number],
  }),
  transform('rfft', {
    inputs: 1,
    length: (draw) => draw.integer(1, 9),
    count: (n) => Math.floor(n / 2) + 1,
    op: ([x]) => tf.spectral.rfft(x!),
    valueAt: ([x], k) =>
      dft(
        x!,
        x!.map(() => 0),
        k,
        -1,
      ),
  }),
];
