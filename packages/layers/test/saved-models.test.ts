import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as ours from '../src/index.js';

/** Layers in models that were saved before classes had a package. */
const OLD: [string, Record<string, unknown>][] = [
  ['DiffStride', { strides: [2, 2], smoothness: 1, lowerLimit: null, upperLimit: null }],
  ['SpectralPool', { strides: [2, 2], norm: 'ortho', dataFormat: 'channelsLast' }],
  ['BlurPool', { strides: [2, 2], filterSize: 3, padding: 'reflect', poolSize: 1 }],
  ['MaxBlurPool', { strides: [2, 2], filterSize: 3, padding: 'reflect', poolSize: 2 }],
  ['AvgBlurPool', { strides: [2, 2], filterSize: 3, padding: 'reflect', poolSize: 2 }],
  ['FractionalMaxPool', { ratio: 2, overlapping: false, pseudoRandom: false, seed: 1, samples: 1 }],
  ['FractionalAvgPool', { outputSize: [4, 4], seed: 1, samples: 1 }],
  ['FlcPool', { strides: [2, 2], modulus: true, norm: 'forward' }],
  ['AsapPool', { strides: [2, 2], alignment: 'symmetric', norm: 'forward' }],
  ['ApsPool', { strides: [2, 2], order: 2, dataFormat: 'channelsLast' }],
  ['LpsPool', { strides: [2, 2], temperature: 1, seed: 2, dataFormat: 'channelsLast' }],
];

/** The topology of a model with one layer, as `model.save` writes it. */
const topology = (className: string, config: Record<string, unknown>) => ({
  class_name: 'Sequential',
  config: {
    name: 'saved',
    layers: [
      {
        class_name: className,
        config: { name: 'pool', trainable: true, batch_input_shape: [null, 8, 8, 2], ...config },
      },
    ],
  },
  keras_version: 'tfjs-layers 4.22.0',
  backend: 'tensor_flow.js',
});

const load = (modelTopology: object) => tf.models.modelFromJSON({ modelTopology } as never);

beforeAll(() => tf.setBackend('cpu'));

describe('a model that was saved before classes had a package', () => {
  it('may contain any layer of this package', () => {
    const classes = Object.values(ours).filter(
      (one) => typeof one === 'function' && one.prototype instanceof tf.layers.Layer,
    );
    const added = [
      'SpectralUpsample',
      'BlurUpsample',
      'FractionalUnpool',
      'PolyphaseUpsample',
      'InterpolatedUpsample',
      'DctDiffStride',
      'DctPool',
      'MaskedConv2D',
      'MaskedDepth',
      'PadImage',
      'PolynomialActivation',
      'TipsPool',
      'UpsampledRelu',
      ...classes.map(({ name }) => name).filter((name) => /[13]D$/.test(name)),
    ];
    expect(classes.map(({ name }) => name).sort()).toEqual(
      [...OLD.map(([name]) => name), ...added].sort(),
    );
  });

  it.each(OLD)('loads %s, and is saved under ds>%s', async (name, config) => {
    const snake = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value,
      ]),
    );
    const model = await load(topology(name, snake));
    const [layer] = model.layers as [tf.layers.Layer];
    expect(layer).toBeInstanceOf(new Map<string, unknown>(Object.entries(ours)).get(name));
    expect(layer.name).toBe('pool');
    for (const weight of layer.weights) expect(weight.name).toMatch(/^pool\//);
    const saved = model.toJSON(null, false) as { config: { layers: { class_name: string }[] } };
    expect(saved.config.layers.map(({ class_name }) => class_name)).toContain(`ds>${name}`);
    const again = await load(saved);
    const x = tf.randomNormal([1, 8, 8, 2], 0, 1, 'float32', 3);
    again.setWeights(model.getWeights());
    const [y, z] = [model, again].map((one) => (one.predict(x) as tf.Tensor).dataSync());
    expect(z).toEqual(y);
  });

  it.each([
    ['symmetric', 'zero'],
    ['published', 'published'],
  ])('may contain an AsapPool with the older alignment: %s', async (alignment, windowCenter) => {
    const model = await load(topology('AsapPool', { strides: [2, 2], alignment }));
    expect(model.layers[0]!.getConfig()).toMatchObject({ windowCenter });
    expect(model.layers[0]!.getConfig()).not.toHaveProperty('alignment');
  });
});

const { BlurPool, DiffStride, FractionalMaxPool, LpsPool } = ours;
it.each(Object.entries({ BlurPool, DiffStride, FractionalMaxPool, LpsPool }))(
  '%s and its weights have names without a package',
  (name, Layer) => {
    const layer = new Layer();
    layer.apply(tf.input({ shape: [8, 8, 2] }));
    const snake = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
    expect(layer.name).toMatch(new RegExp(`^${snake}_${name}\\d+$`));
    for (const weight of layer.weights) expect(weight.name).toMatch(new RegExp(`^${layer.name}/`));
    // Errors use the name of the class in code.
    expect(() => layer.apply(tf.ones([4, 4]))).toThrow(new RegExp(`^${name}: |rank|ndim`));
  },
);
