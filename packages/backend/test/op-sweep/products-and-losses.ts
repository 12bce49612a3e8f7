import * as tf from '@tensorflow/tfjs';
import { at, generate, type NdArray } from './array.js';
import { alongLast, map, NEEDS_FLOATS, type Op, positive, shapeOf, softmaxOf } from './op.js';
import { joined, rearranged } from './rearranging.js';

/** Sums of tensors, products, normalisation, and the parts of losses. */
export const PRODUCTS_AND_LOSSES: Op[] = [
  rearranged('softmax', {
    refused: NEEDS_FLOATS,
    argument: () => null,
    op: (x) => tf.softmax(x),
    oracle: (x) => alongLast(x, (line, i) => softmaxOf(line)[i]!),
  }),
  rearranged('logSoftmax', {
    argument: () => null,
    op: (x) => tf.logSoftmax(x),
    oracle: (x) => alongLast(x, (line, i) => Math.log(softmaxOf(line)[i]!)),
  }),
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
  {
    refused: /^matMul: a must be float32 on wasm, got (int32|bool)$/,
    ...joined(
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
];
