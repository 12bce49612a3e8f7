import { DiffStride } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toGraphModel } from '../../src/index.js';

beforeAll(() => tf.setBackend('cpu'));

function pooled(): tf.LayersModel {
  const layers = [
    tf.layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, inputShape: [8, 9, 3] }),
    new DiffStride({ name: 'pool', smoothness: 1 }),
    tf.layers.globalAveragePooling2d({ name: 'mean' }),
  ];
  return tf.sequential({ name: 'pooled', layers });
}

describe('toGraphModel', () => {
  it('names its inputs and outputs in the signature', async () => {
    const graph = await tf.loadGraphModel(tf.io.fromMemory(toGraphModel(pooled())));
    expect(graph.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['conv_input', [-1, 8, 9, 3]],
    ]);
    const x = tf.zeros([1, 8, 9, 3]);
    const named = graph.predict({ conv_input: x }) as tf.Tensor;
    expect(named.shape).toEqual([1, 4]);
    expect(Object.keys(graph.modelSignature as object)).toEqual(['inputs', 'outputs']);
  });

  it('gives the input its name, also if the model returns it', () => {
    const input = tf.input({ name: 'image', shape: [3] });
    const output = tf.layers.dense({ name: 'dense', units: 2 }).apply(input) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: [input, output] });
    const { inputs, outputs } = toGraphModel(model).signature as Record<string, object>;
    expect(Object.keys(inputs!)).toEqual(['image']);
    expect(Object.keys(outputs!)).toEqual(['image_2', 'dense']);
  });

  it('refuses names that the signature would sort', () => {
    const twoOf = (names: string[]) => {
      const inputs = names.map((name) => tf.input({ name, shape: [2] }));
      const outputs = inputs.map(
        (input, i) =>
          tf.layers.dense({ name: `${names[i]}0`, units: 2 }).apply(input) as tf.SymbolicTensor,
      );
      return { inputs, outputs };
    };
    expect(() => toGraphModel(tf.model(twoOf(['2', '1'])))).toThrow(
      'toGraphModel: inputs must have names that are not whole numbers, which a signature sorts, ' +
        'got ["2", "1"]; give their layers other names',
    );
    const input = tf.input({ name: 'image', shape: [2] });
    const heads = ['b', '9'].map(
      (name) => tf.layers.dense({ name, units: 2 }).apply(input) as tf.SymbolicTensor,
    );
    expect(() => toGraphModel(tf.model({ inputs: input, outputs: heads }))).toThrow(
      'toGraphModel: outputs must have names that are not whole numbers, which a signature sorts, ' +
        'got ["b", "9"]',
    );
    const made = toGraphModel(tf.model(twoOf(['1', '2']))).signature as Record<string, object>;
    expect(Object.keys(made.inputs!)).toEqual(['1', '2']);
    expect(Object.keys(made.outputs!)).toEqual(['10', '20']);
  });

  it('has weights of the sizes that the specifications say', () => {
    const { weightSpecs, weightData, format } = toGraphModel(pooled());
    const sizes = weightSpecs!.map(({ shape }) => shape.reduce((all, size) => all * size, 4));
    expect(format).toBe('graph-model');
    expect((weightData as ArrayBuffer).byteLength).toBe(sizes.reduce((sum, size) => sum + size));
  });

  it('stores kernels and matrices as float16', () => {
    const { weightSpecs } = toGraphModel(pooled(), { float16: true });
    const halves = weightSpecs!.filter(({ quantization }) => quantization?.dtype === 'float16');
    const names = ['conv/kernel', 'pool/rows_6x7', 'pool/columns_6x7'];
    expect(halves.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(halves.map(({ name }) => name)).not.toContain('conv/bias');
  });

  it('refuses a number that float16 cannot hold, and names the weight', () => {
    const dense = tf.layers.dense({ name: 'd', units: 1, inputShape: [1] });
    const model = tf.sequential({ layers: [dense] });
    model.setWeights([tf.tensor2d([[-70_000]]), tf.tensor1d([0])]);
    expect(() => toGraphModel(model, { float16: true })).toThrow(
      "toGraphModel: weight 'd/kernel' must be at most 65504 with float16, got -70000",
    );
  });

  it('leaves no tensor', () => {
    const model = pooled();
    const before = tf.memory().numTensors;
    toGraphModel(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});
