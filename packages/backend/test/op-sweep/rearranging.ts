import * as tf from '@tensorflow/tfjs';
import { at, generate, type NdArray } from './array.js';
import { ANY, type Draw, map, type Op, shapeOf } from './op.js';

/** Draws an order of the axes. */
function shuffled(draw: Draw, count: number): number[] {
  const rest = Array.from({ length: count }, (_, i) => i);
  return rest.map((_, i) => {
    const j = draw.integer(i, count - 1);
    [rest[i], rest[j]] = [rest[j]!, rest[i]!];
    return rest[i]!;
  });
}

/** An op of a tensor and an argument. The argument is drawn for the tensor's shape. */
export function rearranged<Argument>(
  name: string,
  options: {
    least?: number;
    most?: number;
    dtypes?: Op['dtypes'];
    refused?: Op['refused'];
    argument: (draw: Draw, shape: number[]) => Argument;
    op: (x: tf.Tensor, argument: Argument) => tf.Tensor;
    oracle: (x: NdArray, argument: Argument) => NdArray;
  },
): Op {
  const { least = 1, most, dtypes = ANY, refused, argument, op, oracle } = options;
  return {
    name,
    hasGradient: true,
    dtypes,
    refused,
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
export function joined(
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

/** Ops that move values, and that join or split tensors. */
export const REARRANGING: Op[] = [
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
      // wasm pads at most six axes, and throws for more.
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
];
