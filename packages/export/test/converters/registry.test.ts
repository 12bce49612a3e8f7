import { poolingLayer } from '@ds/layers';
import { freezeStrides } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerConverter, toGraphModel, toOnnx } from '../../src/index.js';
import { expectExported } from '../expect-exported.js';

beforeAll(() => tf.setBackend('cpu'));

class Twice extends tf.layers.Layer {
  static className = 'Twice';
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.mul([inputs].flat()[0]!, 2);
  }
}

const { layers } = tf;

describe('registerConverter', () => {
  it('describes a layer class of the user', async () => {
    const model = tf.sequential({ layers: [new Twice({ name: 'twice', inputShape: [3, 2] })] });
    expect(() => toOnnx(model)).toThrow(
      "toOnnx: layer 'twice' must be of a class with a converter, got Twice; " +
        "add one with registerConverter('Twice', …)",
    );
    registerConverter('Twice', ({ graph, x }) => graph.arithmetic('multiply', x, 2));
    await expectExported(model);
    expect(() => registerConverter('Twice', ({ x }) => x)).toThrow('has no converter yet');
  });
});

describe('a pooling with one axis', () => {
  it.each(['spectral', 'diffstride', 'blur', 'max-blur', 'fractional-avg', 'fractional-max'])(
    'is exported once it is frozen: %s',
    async (name) => {
      const input = tf.input({ shape: [12, 2] });
      const smoothness = name === 'diffstride' ? { smoothness: 1 } : {};
      const pool = poolingLayer(name, { name: 'pool', rank: 1, strides: [2], ...smoothness });
      const model = tf.model({ inputs: input, outputs: pool.apply(input) as tf.SymbolicTensor });
      await expectExported(freezeStrides(model, [12, 2]));
      expect(() => toOnnx(model)).toThrow('freeze it first, with freezeStrides of @ds/models');
    },
  );
});

describe('a layer that cannot be exported is refused by its path and class', () => {
  it.each<[string, () => tf.LayersModel, string]>([
    [
      'an unknown class in a nested model',
      () => {
        const again = layers.repeatVector({ name: 'again', n: 2, inputShape: [3] });
        const trunk = tf.sequential({ name: 'trunk', layers: [again] });
        const input = tf.input({ shape: [3] });
        return tf.model({ inputs: input, outputs: trunk.apply(input) as tf.SymbolicTensor });
      },
      "toOnnx: layer 'trunk/again' must be of a class with a converter, got RepeatVector",
    ],
    [
      'Softmax along another axis',
      () => tf.sequential({ layers: [layers.softmax({ name: 's', axis: 1, inputShape: [3, 2] })] }),
      "toOnnx: layer 's' (Softmax) must have the last axis, 2, got 1",
    ],
    [
      'inputs of different ranks',
      () => {
        const inputs = [tf.input({ shape: [2, 2] }), tf.input({ shape: [2] })];
        const output = layers.add({ name: 'sum' }).apply(inputs) as tf.SymbolicTensor;
        return tf.model({ inputs, outputs: output });
      },
      "toOnnx: layer 'sum' (Add) must have inputs of one rank, got [3, 2]",
    ],
  ])('%s', (_name, make, message) => {
    const model = make();
    expect(() => toOnnx(model)).toThrow(message);
    expect(() => toGraphModel(model)).toThrow(message.replace('toOnnx', 'toGraphModel'));
  });
});

/** Returns its input. */
class Untold extends tf.layers.Layer {
  static className = 'Untold';
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return [inputs].flat()[0]!;
  }
}

it.each([
  ['undefined', undefined],
  ['Promise()', Promise.resolve({ shape: [-1, 2] })],
  ['5', [5]],
])('names the layer of a converter that returns %s', (got, returned) => {
  Untold.className = `Untold ${got}`;
  registerConverter(Untold.className, () => returned as never);
  const model = tf.sequential({ layers: [new Untold({ name: 'untold', inputShape: [2] })] });
  for (const convert of [toOnnx, toGraphModel]) {
    expect(() => convert(model)).toThrow(
      `${convert.name}: layer 'untold' (${Untold.className}) must have a converter that returns ` +
        `values of the graph, got ${got}`,
    );
  }
});
