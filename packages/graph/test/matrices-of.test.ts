import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { type LayerWith, matricesOf } from '../src/index.js';

beforeAll(() => tf.setBackend('cpu'));

/** A pooling of 2×2 pixels that returns given matrices. */
class Halving extends tf.layers.Layer {
  static className = 'Halving';
  constructor(
    private readonly made: unknown,
    private readonly dataFormat = 'channelsLast',
  ) {
    super({ name: 'pool' });
  }
  override getConfig() {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    const at = this.dataFormat === 'channelsFirst' ? 2 : 1;
    return shape.map((side, axis) => (axis >= at && axis < at + 2 && side ? side / 2 : side));
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.avgPool([inputs].flat()[0] as tf.Tensor4D, 2, 2, 'valid');
  }
  matrices() {
    return this.made;
  }
}

const ask = (made: unknown, dataFormat?: string, output?: [number, number]) => {
  const layer = new Halving(made, dataFormat);
  layer.apply(tf.input({ shape: [null, null, 1] }));
  return matricesOf('freezeStrides', layer as unknown as LayerWith<'matrices'>, [8, 6], output);
};

it.each([
  [{ rows: [4, 8], columns: [3, 6] }],
  [
    {
      rows: [4, 8],
      columns: [3, 6],
      skew: { synthesis: [4, 2], analysis: [2, 8], columns: [3, 6] },
    },
  ],
])('returns matrices of the shapes %j', (shapes) => {
  const made = tensors(shapes);
  expect(ask(made)).toBe(made);
  expect(ask(made, 'channelsFirst')).toBe(made);
});

it.each<[Shapes | null | string, string]>([
  [null, 'matrices of pool must be { rows, columns }, got null'],
  [{ rows: [4, 8], columns: [6] }, 'matrices of pool.columns must have rank 2, got shape [6]'],
  [
    { rows: [3, 8], columns: [3, 6] },
    'matrices of pool.rows must have the shape [4, 8] for images of 8×6, got [3, 8]',
  ],
  [
    { rows: [4, 8], columns: [3, 8] },
    'matrices of pool.columns must have the shape [3, 6] for images of 8×6, got [3, 8]',
  ],
  [
    {
      rows: [4, 8],
      columns: [3, 6],
      skew: { synthesis: [4, 1], analysis: [2, 8], columns: [3, 6] },
    },
    'matrices of pool.skew.synthesis must have the shape [4, 2] for images of 8×6, got [4, 1]',
  ],
  [
    {
      rows: [4, 8],
      columns: [3, 6],
      skew: { synthesis: [4, 2], analysis: [2, 6], columns: [3, 6] },
    },
    'matrices of pool.skew.analysis must have the shape [?, 8] for images of 8×6, got [2, 6]',
  ],
])('refuses %j', (shapes, message) => {
  expect(() => ask(shapes && tensors(shapes))).toThrow(`freezeStrides: ${message}`);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses matrices with %d', (value) => {
  const made = { rows: tf.fill([4, 8], value), columns: tf.ones([3, 6]) };
  const before = tf.memory().numTensors;
  expect(() => ask(made)).toThrow(
    `freezeStrides: matrices of pool.rows must have finite numbers, got ${value}`,
  );
  expect(tf.memory().numTensors).toBe(before - 2);
});

it('takes the size of a reference from the caller', () => {
  const made = tensors({ rows: [5, 8], columns: [2, 6] });
  expect(ask(made, undefined, [5, 2])).toBe(made);
  expect(() => ask(made, undefined, [5, 3])).toThrow('columns must have the shape [3, 6]');
});

type Shapes = { [name: string]: number[] | Shapes };

function tensors(shapes: unknown): unknown {
  if (Array.isArray(shapes)) return tf.ones(shapes);
  const entries = Object.entries(shapes as Shapes).map(([name, one]) => [name, tensors(one)]);
  return Object.fromEntries(entries);
}
