import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  DiffStride,
  type DiffStrideConfig,
  FractionalMaxPool,
  poolingLayer,
  poolingNames,
  poolingTraits,
  SpectralPool,
} from '../src/index.js';

/** A model with a pooling. Its loss falls as the strides move up (1) or down (−1). */
function pushed(config: DiffStrideConfig, optimizer: tf.Optimizer, way: 1 | -1) {
  const input = tf.input({ shape: [12, 12, 1] });
  const layer = new DiffStride({ smoothness: 2, ...config });
  const pooled = layer.apply(input) as tf.SymbolicTensor;
  const bent = tf.layers.reLU().apply(pooled);
  const outputs = tf.layers.globalAveragePooling2d({}).apply(bent) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs });
  const strides = () => tf.sum(layer.strideVariable as unknown as tf.Tensor);
  const loss = (_: tf.Tensor, y: tf.Tensor) =>
    tf.add(tf.mul(tf.mean(y), 0), tf.mul(strides(), -way));
  model.compile({ optimizer, loss: loss as never });
  return { model, layer };
}

const learn = async (model: tf.LayersModel, epochs = 2) => {
  const [x, y] = [tf.ones([2, 12, 12, 1]), tf.ones([2, 1])];
  await model.fit(x, y, { epochs, verbose: 0 });
  tf.dispose([x, y]);
};

describe.each(BACKENDS)('the limits of DiffStride on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ['above', 1, [3, 3]],
    ['below', -1, [1.5, 1.5]],
  ] as const)(
    'hold %s under model.fit, in returned, saved and passed strides',
    async (_, way, want) => {
      const optimizer = tf.train.sgd(30);
      const { model, layer } = pushed({ lowerLimit: 1.5, upperLimit: 3 }, optimizer, way);
      await learn(model);
      expect(layer.strides).toEqual(want);
      expect([...(await layer.strideVariable!.data())]).toEqual(want);
      expect([...(await layer.getWeights()[0]!.data())]).toEqual(want);
      const before = tf.memory().numTensors;
      await learn(model);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    },
  );
});

describe('the limits of DiffStride', () => {
  beforeAll(() => useBackend('wasm'));

  it('hold for a shared stride', async () => {
    const { model, layer } = pushed({ sharedStride: true, upperLimit: 3 }, tf.train.adam(30), 1);
    await learn(model);
    expect(layer.strides).toEqual([3, 3]);
  });

  it('hold in a loaded model', async () => {
    const { model } = pushed({ upperLimit: 3 }, tf.train.sgd(30), 1);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const before = tf.memory().numTensors;
    const copy = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    const layer = copy.layers[1] as unknown as DiffStride;
    tf.tidy(() => layer.strideVariable!.assign(tf.tensor1d([9, -4])));
    expect(layer.strides).toEqual([3, 1]);
    copy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('hold for the initial strides, before and after the build', () => {
    const layer = new DiffStride({ strides: [1.2, 8], lowerLimit: 1.5, upperLimit: 3 });
    expect(layer.strides).toEqual([1.5, 3]);
    layer.build([null, 12, 12, 1]);
    expect(layer.strides).toEqual([1.5, 3]);
    expect([...layer.strideVariable!.dataSync()]).toEqual([1.5, 3]);
  });
});

describe('a model whose branches share a pooling', () => {
  it.each(['diffstride', 'lps'])('frees it: %s', (name) => {
    const before = tf.memory().numTensors;
    const inputs = [0, 1].map(() => tf.input({ shape: [8, 8, 2] }));
    const layer = poolingLayer(name, { strides: [2, 2] });
    const branches = inputs.map((input) => layer.apply(input) as tf.SymbolicTensor);
    const outputs = tf.layers.add().apply(branches) as tf.SymbolicTensor;
    tf.model({ inputs, outputs }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('changes to returned values do not change the layer', () => {
  /** Overwrites every array and number in a value. */
  const spoil = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      spoil(inner);
      if (typeof inner === 'number') (value as Record<string, unknown>)[key] = inner + 5;
    }
  };

  it('with strides', () => {
    const learned = new DiffStride({ strides: [2, 3] });
    spoil(learned.strides);
    expect(learned.strides).toEqual([2, 3]);
    learned.build([null, 12, 12, 1]);
    spoil(learned.strides);
    learned.outputSize([12, 12]);
    learned.apply(tf.ones([1, 12, 12, 1]));
    spoil(learned.strides);
    expect(learned.strides).toEqual([2, 3]);
    const fixed = new SpectralPool({ strides: [2, 3] });
    spoil(fixed.strides);
    expect(fixed.strides).toEqual([2, 3]);
  });

  // The other two are layers of tfjs.
  const ours = poolingNames().filter((name) => name !== 'average' && name !== 'max');

  it.each(ours)('with the configuration of %s', (name) => {
    const layer = poolingLayer(name, { strides: [2, 2] });
    const before = JSON.stringify(layer.getConfig());
    const shape = layer.computeOutputShape([null, 12, 12, 2]);
    spoil(layer.getConfig());
    expect(JSON.stringify(layer.getConfig())).toBe(before);
    expect(layer.computeOutputShape([null, 12, 12, 2])).toEqual(shape);
  });

  it('with the arguments of the constructor', () => {
    const strides: [number, number] = [2, 3];
    const ratio: [number, number] = [2, 3];
    const layers = [new DiffStride({ strides }), new SpectralPool({ strides })];
    const drawn = new FractionalMaxPool({ ratio });
    spoil([strides, ratio]);
    for (const layer of layers) expect(layer.strides).toEqual([2, 3]);
    expect(drawn.computeOutputShape([1, 12, 12, 1])).toEqual([1, 6, 4, 1]);
  });

  it('with the traits of a pooling', () => {
    const traits = poolingTraits('blur');
    traits.placement = 'convolution';
    expect(poolingTraits('blur').placement).toBe('activation');
  });
});
