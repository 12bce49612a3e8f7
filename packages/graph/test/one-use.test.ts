import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyOncePerGraph } from '../src/index.js';

const at = (layer: tf.layers.Layer, x: tf.SymbolicTensor) =>
  applyOncePerGraph(layer, () => layer.apply(x) as tf.SymbolicTensor);
const input = () => tf.input({ shape: [2] });

describe('applyOncePerGraph', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('lets a model free a layer that stands in several of its places', () => {
    const before = tf.memory().numTensors;
    const x = input();
    const layer = tf.layers.dense({ units: 2 });
    const model = tf.model({ inputs: x, outputs: [at(layer, x), at(layer, at(layer, x))] });
    expect(model.dispose().numDisposedVariables).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps a layer of two models until both are gone', () => {
    const layer = tf.layers.dense({ units: 2 });
    const [x, z] = [input(), input()];
    const one = tf.model({ inputs: x, outputs: at(layer, at(layer, x)) });
    const other = tf.model({ inputs: z, outputs: at(layer, at(layer, z)) });
    expect(one.dispose().numDisposedVariables).toBe(0);
    expect((other.predict(tf.ones([1, 2])) as tf.Tensor).shape).toEqual([1, 2]);
    expect(other.dispose().numDisposedVariables).toBe(2);
  });

  it('counts graphs that are joined later by all they have in common', () => {
    const layer = tf.layers.dense({ units: 2 });
    const [x, z] = [input(), input()];
    const sum = tf.layers.add().apply([x, z]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [x, z], outputs: at(layer, at(layer, sum)) });
    expect(model.dispose().numDisposedVariables).toBe(2);
  });

  it('counts once when it is asked twice', () => {
    const layer = tf.layers.dense({ units: 2 });
    const x = input();
    const again = applyOncePerGraph(layer, () => at(layer, x));
    const z = input();
    const other = tf.model({ inputs: z, outputs: at(layer, z) });
    const model = tf.model({
      inputs: x,
      outputs: applyOncePerGraph(layer, () => at(layer, again)),
    });
    expect(other.dispose().numDisposedVariables).toBe(0);
    expect(model.dispose().numDisposedVariables).toBe(2);
  });

  it('leaves calls on tensors to tfjs', () => {
    const layer = tf.layers.dense({ units: 2 });
    for (let call = 0; call < 2; call++) {
      applyOncePerGraph(layer, () => layer.apply(tf.ones([1, 2])));
    }
    expect(layer.dispose().numDisposedVariables).toBe(2);
  });
});
