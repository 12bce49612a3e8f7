import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { watchLayers } from '../src/index.js';
import { SumAndInput } from './sum-and-input.js';

const dense = (name: string) => tf.layers.dense({ name, units: 2, kernelInitializer: 'ones' });
const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;

/** The layer `shared` is applied in the nested model and after it. */
function nested(): tf.LayersModel {
  const shared = dense('shared');
  const inside = tf.input({ shape: [2] });
  const inner = tf.model({ name: 'inner', inputs: inside, outputs: apply(shared, inside) });
  const input = tf.input({ shape: [2] });
  return tf.model({
    inputs: input,
    outputs: apply(dense('last'), apply(shared, apply(inner, input))),
  });
}

describe('watchLayers', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('sees each application in order, also in nested models', () => {
    const model = nested();
    const seen: [string, number[], number[]][] = [];
    const numbersOf = ([x]: tf.Tensor[]) => [...x!.dataSync()];
    const made = watchLayers(
      model,
      () => model.apply(tf.ones([1, 2])) as tf.Tensor,
      ({ path, inputs, outputs }) => seen.push([path, numbersOf(inputs), numbersOf(outputs)]),
    );
    expect([...made.dataSync()]).toEqual([8, 8]);
    const places = seen.map(([path]) => path);
    // The path is that of the layer's first application.
    expect(places).toEqual(['inner/shared', 'inner/shared', 'last']);
    expect(seen.map(([, inputs, outputs]) => [inputs, outputs])).toEqual([
      [
        [1, 1],
        [2, 2],
      ],
      [
        [2, 2],
        [4, 4],
      ],
      [
        [4, 4],
        [8, 8],
      ],
    ]);
  });

  it('sees a wrapper after its inner layer, which it sees once per time step', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.timeDistributed({
          name: 'each',
          layer: dense('held'),
          inputShape: [3, 2],
        } as never),
      ],
    });
    const seen: string[] = [];
    watchLayers(
      model,
      () => model.apply(tf.ones([1, 3, 2])),
      ({ path }) => seen.push(path),
    );
    expect(seen).toEqual(['each/held', 'each/held', 'each/held', 'each']);
  });

  it('sees a layer of several outputs once, with all outputs', () => {
    const input = tf.input({ shape: [2] });
    const outputs = new SumAndInput({ name: 'both' }).apply(input) as tf.SymbolicTensor[];
    const model = tf.model({ inputs: input, outputs });
    const seen: number[][][] = [];
    watchLayers(
      model,
      () => model.apply(tf.ones([1, 2])),
      ({ outputs }) => seen.push(outputs.map(({ shape }) => shape)),
    );
    expect(seen).toEqual([
      [
        [1, 1],
        [1, 2],
      ],
    ]);
  });

  it('refuses a run that is not over when it returns', () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    expect(() =>
      watchLayers(
        model,
        async () => 1,
        () => {},
      ),
    ).toThrow(
      'watchLayers: run must be synchronous, since nothing is watched after it, got Promise()',
    );
  });

  it('restores the layers, also after an error', () => {
    const model = nested();
    const last = model.getLayer('last');
    const own = () => Object.hasOwn(last, 'call');
    watchLayers(
      model,
      () => model.apply(tf.ones([1, 2])),
      () => {},
    );
    expect(own()).toBe(false);
    const fail = () => {
      throw new Error('broken');
    };
    expect(() => watchLayers(model, fail, () => {})).toThrow('broken');
    expect(own()).toBe(false);
    last.call = fail;
    expect(() =>
      watchLayers(
        model,
        () => model.apply(tf.ones([1, 2])),
        () => {},
      ),
    ).toThrow('broken');
    expect(last.call).toBe(fail);
  });
});
