import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
  DiffStride,
  type DiffStride1D,
  type DiffStride3D,
  type DiffStrideConfig,
  FractionalMaxPool,
  isDiffStride,
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

describe('the warning of a map that keeps its size', () => {
  beforeAll(() => useBackend('wasm'));
  afterEach(() => {
    vi.restoreAllMocks();
    tf.env().set('PROD', false);
  });
  const warned = () => vi.spyOn(console, 'warn').mockImplementation(() => {});
  const called = (layer: DiffStride, side: number) =>
    tf.tidy(() => layer.apply(tf.ones([1, side, side, 1])) as tf.Tensor);

  it('comes once for each layer, with its name and the remedy', () => {
    const warn = warned();
    const layer = new DiffStride({ name: 'pool2', strides: 2 });
    called(layer, 16);
    called(layer, 16);
    expect(warn.mock.calls.flat()).toEqual([`DiffStride: pool2: ${layer.reductionNote([16, 16])}`]);
    expect(warn.mock.calls[0]![0]).toMatch(
      /leave a map of 16×16 at 16×16.*smoothness to 3 or less/,
    );
    called(new DiffStride({ strides: 2 }), 16);
    expect(warn).toHaveBeenCalledTimes(2);
    layer.dispose();
  });

  it('stays away if the map is reduced, for strides of 1, and in production', () => {
    const warn = warned();
    called(new DiffStride({ strides: 2, smoothness: 3 }), 16);
    called(new DiffStride({ strides: 1 }), 16);
    called(new DiffStride({ strides: 2, cropping: false }), 16);
    // These were learned.
    const trained = new DiffStride({ strides: 2 });
    trained.build([null, 16, 16, 1]);
    trained.setWeights([tf.tensor1d([1.1, 1.2])]);
    called(trained, 16);
    tf.env().set('PROD', true);
    called(new DiffStride({ strides: 2 }), 16);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('isDiffStride', () => {
  it('finds the layers of a model, typed', () => {
    const pooling = new DiffStride({ strides: [1.5, 2], smoothness: 1 });
    const input = tf.input({ shape: [12, 12, 1] });
    const model = tf.model({ inputs: input, outputs: pooling.apply(input) as tf.SymbolicTensor });
    const found = model.layers.filter(isDiffStride);
    expectTypeOf(found).toEqualTypeOf<(DiffStride | DiffStride1D | DiffStride3D)[]>();
    expect(found).toEqual([pooling]);
    expect(model.layers.find(isDiffStride)?.strides).toEqual([1.5, 2]);
    model.dispose();
  });

  it.each(['ds>DiffStride', 'ds>DiffStride1D', 'ds>DiffStride3D'])(
    'recognizes a layer of another copy of the package by its class name, %s',
    (className) => {
      expect(isDiffStride({ getClassName: () => className })).toBe(true);
    },
  );

  it.each([new SpectralPool(), null, undefined, 'ds>DiffStride', {}])('refuses %s', (other) => {
    expect(isDiffStride(other)).toBe(false);
  });
});

describe('strideGradientScale', () => {
  beforeAll(() => useBackend('wasm'));

  /** A model whose gradients in image and strides are not 0. */
  const network = (config: DiffStrideConfig) => {
    const input = tf.input({ shape: [12, 12, 2] });
    const layer = new DiffStride({ strides: [2, 1.7], smoothness: 1, ...config });
    const bent = tf.layers.reLU().apply(layer.apply(input));
    const outputs = tf.layers.globalAveragePooling2d({}).apply(bent) as tf.SymbolicTensor;
    return { model: tf.model({ inputs: input, outputs }), layer };
  };
  const image = () => unitTensor(4, [2, 12, 12, 2]);

  const gradients = (config: DiffStrideConfig) =>
    tf.tidy(() => {
      const { model, layer } = network(config);
      const loss = (x: tf.Tensor) => tf.sum(tf.square(model.apply(x) as tf.Tensor)) as tf.Scalar;
      const x = image();
      const { grads } = tf.variableGrads(() => loss(x), [layer.strideVariable!]);
      const dx = [...tf.grad(loss)(x).dataSync()];
      const ds = [...Object.values(grads)[0]!.dataSync()];
      model.dispose();
      return { dx, ds };
    });

  it.each([{}, { sharedStride: true, strides: 2 }])(
    'multiplies the gradient of the strides only: %j',
    (config) => {
      const plain = gradients(config);
      const scaled = gradients({ ...config, strideGradientScale: 8 });
      expect(plain.ds.every((slope) => slope !== 0)).toBe(true);
      // A power of 2 is exact in float32.
      expect(scaled.ds).toEqual(plain.ds.map((slope) => 8 * slope));
      expect(scaled.dx).toEqual(plain.dx);
    },
  );

  const movedByFit = async (config: DiffStrideConfig, optimizer: tf.Optimizer) => {
    const { model, layer } = network(config);
    const [x, y] = [image(), tf.zeros([2, 2])];
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const before = layer.strides;
    await model.fit(x, y, { epochs: 1, shuffle: false, verbose: 0 });
    const moved = layer.strides.map((stride, axis) => stride - before[axis]!);
    model.dispose();
    tf.dispose([x, y]);
    return moved;
  };

  it('makes the strides move k times as far under SGD, and as far under Adam', async () => {
    const plain = await movedByFit({}, tf.train.sgd(1));
    const scaled = await movedByFit({ strideGradientScale: 10 }, tf.train.sgd(1));
    plain.forEach((step, axis) => {
      expect(Math.abs(step)).toBeGreaterThan(1e-3);
      expect(scaled[axis]! / step).toBeCloseTo(10, 2);
    });
    const adam = await movedByFit({}, tf.train.adam(0.01));
    const scaledAdam = await movedByFit({ strideGradientScale: 10 }, tf.train.adam(0.01));
    adam.forEach((step, axis) => {
      expect(scaledAdam[axis]! / step).toBeCloseTo(1, 3);
    });
  });

  it('is saved and loaded, and is 1 in models from before', () => {
    const config = new DiffStride({ strideGradientScale: 3 }).getConfig();
    const load = (from: tf.serialization.ConfigDict) =>
      DiffStride.fromConfig<DiffStride>(DiffStride, from).getConfig().strideGradientScale;
    expect(load(config)).toBe(3);
    const { strideGradientScale: _, ...old } = config;
    expect(load(old)).toBe(1);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (strideGradientScale) => {
    expect(() => new DiffStride({ strideGradientScale })).toThrow(
      `DiffStride: strideGradientScale must be a finite number > 0, got ${strideGradientScale}`,
    );
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
