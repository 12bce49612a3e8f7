import { DiffStride, SpectralPool } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { strideVariables } from '../src/index.js';

const image = () => tf.input({ shape: [16, 16, 2] });
const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
const pool = (name: string, stride: number) =>
  new DiffStride({ name, smoothness: 1, strides: [stride, stride] });

describe('strideVariables', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('finds each layer once, in network order, in nested models and wrappers', () => {
    const first = pool('pool', 1.5);
    const shared = pool('shared', 2);
    const inside = image();
    const nested = tf.model({
      name: 'nested',
      inputs: inside,
      outputs: apply(shared, apply(pool('pool', 3), inside)),
    });
    const held = image();
    const wrapped = tf.model({ name: 'held', inputs: held, outputs: apply(pool('pool', 4), held) });
    const input = image();
    const times = tf.input({ shape: [2, 16, 16, 2] });
    const trunk = apply(first, input);
    const outputs = [
      apply(new SpectralPool(), apply(shared, apply(nested, trunk))),
      apply(tf.layers.timeDistributed({ name: 'each', layer: wrapped }), times),
    ];
    const model = tf.model({ inputs: [input, times], outputs });
    const found = strideVariables(model);
    expect(found.map(({ layer }) => layer).sort()).toEqual([
      'each/held/pool',
      'nested/pool',
      'nested/shared',
      'pool',
    ]);
    const strideOf = (name: string) => found.find(({ layer }) => layer === name)!.strides;
    expect(strideOf('pool')).toEqual([1.5, 1.5]);
    expect(strideOf('nested/pool')).toEqual([3, 3]);
    expect(strideOf('nested/shared')).toEqual([2, 2]);
    expect(strideOf('each/held/pool')).toEqual([4, 4]);
    const order = found.map(({ layer }) => layer).filter((name) => !name.startsWith('each'));
    expect(order).toEqual(['pool', 'nested/pool', 'nested/shared']);
    expect(found.find(({ layer }) => layer === 'pool')!.variable).toBe(first.strideVariable);
  });

  it('refuses a value that is not a model', () => {
    expect(() => strideVariables(null as never)).toThrow(
      'strideVariables: model must be a tf.LayersModel, got null',
    );
  });

  it('returns copies of the strides', () => {
    const input = image();
    const model = tf.model({ inputs: input, outputs: apply(pool('pool', 2), input) });
    strideVariables(model)[0]!.strides.fill(9);
    expect(strideVariables(model)[0]!.strides).toEqual([2, 2]);
  });
});
