import * as tf from '@tensorflow/tfjs';
import { reduce } from './array.js';
import { ANY, type Draw, map, NEEDS_FLOATS, type Op, shapeOf } from './op.js';
import { isWithin, type PoolWindow, poolOracle, poolSlopes } from './pool.js';

function reduction(
  name: string,
  op: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor,
  combine: (values: number[]) => number,
  dtypes = ANY,
): Op {
  return {
    name,
    hasGradient: true,
    dtypes,
    draw: (draw) => {
      // Some axes are long, since backends sum long axes with other code.
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
    dtypes: ANY,
    draw: (draw) => {
      const shape = draw.integer(0, 1)
        ? shapeOf(draw, 1, 5)
        : [draw.integer(1, 3), draw.integer(28, 200)];
      const axis = draw.integer(0, shape.length - 1);
      // Few different values, so that most appear more than once.
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

/** Draws a pooling over some axes. Every window contains a pixel of the image. */
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
    dtypes: ANY,
    ...(kind === 'mean' && { refused: NEEDS_FLOATS }),
    draw: (draw) => {
      const sides = Array.from({ length: axes }, () => draw.integer(1, axes === 2 ? 9 : 5));
      const shape = [draw.integer(1, 2), ...sides, draw.integer(1, 3)];
      const paddings = ['same', 'same', 'valid', 'number', ...(axes === 2 ? ['explicit'] : [])];
      const window = drawWindow(draw, sides, paddings);
      const values = draw.values(shape);
      // Few different values, so that equal values appear. Some are very large.
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

/** Padding in tfjs's form. */
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

/** Ops that reduce values: over axes, and over windows. */
export const REDUCTIONS: Op[] = [
  reduction('sum', tf.sum, (values) => values.reduce((a, b) => a + b, 0)),
  // Products of integers overflow.
  reduction('prod', tf.prod, (values) => values.reduce((a, b) => a * b, 1), ['bool']),
  reduction('mean', tf.mean, (values) => values.reduce((a, b) => a + b, 0) / values.length),
  reduction('max', tf.max, (values) => Math.max(...values)),
  reduction('min', tf.min, (values) => Math.min(...values)),
  position('argMax', tf.argMax, (a, b) => a > b),
  position('argMin', tf.argMin, (a, b) => a < b),
  pooling('avgPool', 'mean', pooling2d(tf.avgPool), 2),
  pooling('maxPool', 'max', pooling2d(tf.maxPool), 2),
  pooling('avgPool3d', 'mean', pooling3d(tf.avgPool3d), 3),
  pooling('maxPool3d', 'max', pooling3d(tf.maxPool3d), 3),
];
