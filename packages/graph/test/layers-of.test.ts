import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { innerLayers, isModel, layersOf } from '../src/index.js';

const dense = (name: string) => tf.layers.dense({ name, units: 2 });
const apply = (layer: tf.layers.Layer, ...x: tf.SymbolicTensor[]) =>
  layer.apply(x.length === 1 ? x[0]! : x) as tf.SymbolicTensor;
const paths = (model: tf.LayersModel) => layersOf(model).map(({ path }) => path);

describe('layersOf', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('lists the layers of a flat model', () => {
    const input = tf.input({ name: 'x', shape: [2] });
    const y = apply(dense('b'), apply(dense('a'), input));
    const model = tf.model({ inputs: input, outputs: y });
    expect(layersOf(model).map(({ layer }) => layer)).toEqual(model.layers);
    expect(paths(model)).toEqual(['x', 'a', 'b']);
  });

  it('lists a layer once if it is applied several times', () => {
    const input = tf.input({ name: 'x', shape: [2] });
    const shared = dense('shared');
    const y = apply(shared, apply(shared, input));
    const model = tf.model({ inputs: input, outputs: [y, apply(dense('head'), y)] });
    expect(paths(model)).toEqual(['x', 'shared', 'head']);
  });

  it('lists the layers of nested models in their place, each once', () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({ name: 'a', units: 2, inputShape: [2] })],
    });
    const shared = dense('shared');
    const middleInput = tf.input({ name: 'm', shape: [2] });
    const middle = tf.model({
      name: 'middle',
      inputs: middleInput,
      outputs: apply(shared, apply(inner, middleInput)),
    });
    const [left, right] = ['l', 'r'].map((name) => tf.input({ name, shape: [2] }));
    const both = apply(tf.layers.add({ name: 'sum' }), apply(middle, left!), apply(middle, right!));
    const model = tf.model({ inputs: [left!, right!], outputs: apply(shared, both) });
    const found = layersOf(model);
    expect(found.map(({ path }) => path).sort()).toEqual(
      ['l', 'r', 'middle/m', 'middle/inner/a', 'middle/shared', 'sum']
        // tfjs adds an input layer to a sequential model.
        .concat(found.map(({ path }) => path).filter((path) => /_input$/.test(path)))
        .sort(),
    );
    const at = (path: string) => found.findIndex((one) => one.path === path);
    expect(at('middle/inner/a')).toBeLessThan(at('middle/shared'));
    expect(at('middle/shared')).toBeLessThan(at('sum'));
    expect(found.some(({ layer }) => isModel(layer))).toBe(false);
    expect(new Set(found.map(({ layer }) => layer)).size).toBe(found.length);
  });

  it('gives layers with equal names in different models different paths', () => {
    const part = (name: string) =>
      tf.sequential({ name, layers: [tf.layers.dense({ name: 'a', units: 2, inputShape: [2] })] });
    const model = tf.sequential({ layers: [part('one'), part('two')] });
    expect(paths(model)).toEqual(['one/a', 'two/a']);
  });

  it('lists the layers in wrappers, also around models', () => {
    const held = tf.sequential({
      name: 'held',
      layers: [tf.layers.dense({ name: 'a', units: 2, inputShape: [3] })],
    });
    const model = tf.sequential({
      layers: [
        tf.layers.timeDistributed({ name: 'each', layer: held, inputShape: [4, 3] } as never),
        tf.layers.timeDistributed({ name: 'too', layer: dense('b') }),
      ],
    });
    expect(paths(model)).toEqual(['each', 'each/held/a', 'too', 'too/b']);
  });

  it('lists both directions and the cells of recurrent layers', () => {
    const cells = [1, 2].map(() => tf.layers.gruCell({ name: 'cell', units: 2 }));
    const model = tf.sequential({
      layers: [
        tf.layers.bidirectional({
          name: 'ways',
          layer: tf.layers.simpleRNN({ name: 'r', units: 2, returnSequences: true }) as never,
          mergeMode: 'concat',
          inputShape: [4, 3],
        } as never),
        tf.layers.rnn({ name: 'stack', cell: cells }),
      ],
    });
    const found = layersOf(model);
    expect(found.map(({ path }) => path.replace(/stacked\w*/, '…'))).toEqual([
      'ways',
      'ways/forward_r',
      'ways/forward_r/r',
      'ways/backward_r',
      'ways/backward_r/r',
      'stack',
      'stack/…',
      'stack/…/cell',
      'stack/…/cell:2',
    ]);
    // Each of them has weights, so each of them computes something.
    expect(found.every(({ layer }) => layer.weights.length > 0)).toBe(true);
  });

  it.each([[null], [undefined], ['model'], [7], [{}], [[]]])('refuses %o', (model) => {
    expect(() => layersOf(model as never)).toThrow(
      /^layersOf: model must be a tf.LayersModel, got /,
    );
  });
});

describe('innerLayers', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('lists the layers directly inside a layer', () => {
    const held = tf.sequential({
      name: 'held',
      layers: [tf.layers.dense({ name: 'a', units: 2, inputShape: [3] }), dense('b')],
    });
    const each = tf.layers.timeDistributed({ layer: held });
    const names = (layer: tf.layers.Layer) => innerLayers(layer).map(({ name }) => name);
    expect(names(each)).toEqual(['held']);
    expect(names(held).slice(-2)).toEqual(['a', 'b']);
    expect(names(dense('c'))).toEqual([]);
  });

  it('refuses what is not a layer', () => {
    expect(() => innerLayers({} as never)).toThrow(
      /^innerLayers: layer must be a layer of tf.layers, got /,
    );
  });
});
