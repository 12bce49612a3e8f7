import { useBackend } from '@ds/backend';
import {
  AsapPool,
  BlurPool,
  DiffStride,
  FlcPool,
  SpectralPool,
  SpectralUpsample,
} from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides, resnet18, strideVariables } from '../src/index.js';
import { plainModel } from './plain-model.js';

/** The tolerance for products in another order, in float32. */
const FLOAT32 = 1e-5;

/** Names of layer classes that do not belong to tfjs. */
function customClasses(model: tf.LayersModel): string[] {
  const ours = ['DiffStride', 'SpectralPool', 'BlurPool', 'FlcPool', 'AsapPool'].map(
    (name) => `ds>${name}`,
  );
  return model.layers.map((layer) => layer.getClassName()).filter((name) => ours.includes(name));
}

function outputs(model: tf.LayersModel, x: tf.Tensor): Float32Array {
  return tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync<'float32'>().slice());
}

const shape: [number, number, number] = [17, 20, 3];

const residual = () =>
  resnet18({
    inputShape: shape,
    classes: 4,
    width: 4,
    seed: 2,
    poolingConfig: { smoothness: 1.5 },
  });

/** A network with two poolings. A GPU in software compiles the programs of ResNet-18 for long. */
const plain = () => {
  const conv = (seed: number, more: object = {}) =>
    tf.layers.conv2d({
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      kernelInitializer: tf.initializers.heNormal({ seed }),
      ...more,
    });
  const pool = (name: string) => new DiffStride({ name, strides: [2, 2], smoothness: 1.5 });
  return tf.sequential({
    layers: [
      conv(1, { inputShape: shape }),
      pool('pool1'),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      conv(2),
      pool('pool2'),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 4, kernelInitializer: tf.initializers.heNormal({ seed: 3 }) }),
    ],
  });
};

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ...(backend === 'webgpu' ? [] : [['ResNet-18', residual] as const]),
    ['plain network', plain] as const,
  ])('turns a %s with learned strides into a static model of stock layers', async (_, build) => {
    const model: tf.LayersModel = build();
    const learned = [
      [1.1, 1.3],
      [2.4, 1.7],
      [1.6, 2.9],
      [2.2, 2.1],
    ];
    expect(strideVariables(model).length).toBeGreaterThan(1);
    strideVariables(model).forEach(({ variable }, i) => {
      variable.assign(tf.tensor1d(learned[i]!));
    });
    const frozen = freezeStrides(model, shape);
    const x = unitTensor(1, [3, ...shape]);
    const want = outputs(model, x);
    expect(customClasses(model)).not.toHaveLength(0);
    expect(customClasses(frozen)).toHaveLength(0);
    for (const layer of frozen.layers) {
      for (const output of layer.inboundNodes.flatMap((node) => node.outputTensors)) {
        expect(output.shape.slice(1)).not.toContain(null);
      }
    }
    expect(relativeError(outputs(frozen, x), want)).toBeLessThan(FLOAT32);

    // Training the strides of the first model does not change the copy.
    strideVariables(model)[1]!.variable.assign(tf.tensor1d([4, 4]));
    expect(relativeError(outputs(frozen, x), want)).toBeLessThan(FLOAT32);

    let saved: tf.io.ModelArtifacts | undefined;
    await frozen.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const topology = JSON.stringify(saved!.modelTopology);
    expect(topology).not.toContain('DiffStride');
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory({ ...saved!, modelTopology: JSON.parse(topology) }),
    );
    expect(relativeError(outputs(loaded, x), want)).toBeLessThan(FLOAT32);
    x.dispose();
  });

  it.each([
    new DiffStride({ strides: [2.3, 1.6], smoothness: 2 }),
    new DiffStride({ strides: [2.3, 1.6], smoothness: 2, alignment: 'symmetric', cropping: false }),
    new SpectralPool({ strides: [1.7, 2] }),
    new SpectralPool({ outputSize: [6, 5] }),
    new BlurPool({ filterSize: 4, strides: [2, 3] }),
    new FlcPool({ strides: [2, 1.6] }),
    new AsapPool({ windowCenter: 'published' }),
  ])('freezes a pooling by itself, in both data formats (%#)', (pooling) => {
    for (const dataFormat of ['channelsLast', 'channelsFirst']) {
      const Layer = pooling.constructor as typeof DiffStride;
      const config = { ...pooling.getConfig(), dataFormat };
      const layer = Layer.fromConfig(Layer as never, config) as tf.layers.Layer;
      const shape = dataFormat === 'channelsLast' ? [9, 12, 2] : [2, 9, 12];
      const input = tf.input({ shape });
      const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
      const frozen = freezeStrides(model, shape);
      const x = unitTensor(4, [2, ...shape]);
      expect(customClasses(frozen)).toHaveLength(0);
      expect(relativeError(outputs(frozen, x), outputs(model, x))).toBeLessThan(FLOAT32);
      x.dispose();
    }
  });
});

describe('on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it('removes an identity pooling, and pools before a 1×1 convolution', () => {
    const shape: [number, number, number] = [16, 12, 3];
    const model = resnet18({
      inputShape: shape,
      classes: 3,
      width: 4,
      seed: 1,
      strides: [1, 1, 2, 1, 3],
      poolingConfig: { smoothness: 1 },
    });
    const frozen = freezeStrides(model, shape);
    const poolings = frozen.layers.map(({ name }) => name.match(/^(.*)\.pool$/)?.[1]);
    expect(poolings.filter(Boolean)).toEqual(['stage2.block0', 'stage4.block0']);
    const shortcut = frozen.getLayer('stage2.block0.shortcut').inboundNodes[0]!.inputTensors[0]!;
    expect(shortcut.shape.slice(1)).toEqual([10, 8, 4]);
    const x = unitTensor(5, [2, ...shape]);
    expect(relativeError(outputs(frozen, x), outputs(model, x))).toBeLessThan(FLOAT32);
    x.dispose();
  });

  it('copies other poolings with keepCustom, including two outputs of one choice', () => {
    const shape: [number, number, number] = [16, 16, 3];
    for (const [pooling, poolingConfig] of [
      ['aps', {}],
      ['flc', { modulus: true }],
    ] as const) {
      const model = resnet18({
        inputShape: shape,
        classes: 3,
        width: 4,
        seed: 2,
        pooling,
        poolingConfig,
      });
      const frozen = freezeStrides(model, shape, { keepCustom: true });
      const x = unitTensor(6, [2, ...shape]);
      expect(relativeError(outputs(frozen, x), outputs(model, x))).toBeLessThan(FLOAT32);
      x.dispose();
    }
  });

  it('keeps layers that enlarge their map, also with round', () => {
    const image = tf.input({ shape: [6, 7, 2] });
    const grow = new DiffStride({ strides: [0.6, 0.8], lowerLimit: 0.5, smoothness: 2 });
    const up = new SpectralUpsample({ strides: [1.5, 2] });
    const larger = grow.apply(image) as tf.SymbolicTensor;
    const model = tf.model({ inputs: image, outputs: up.apply(larger) as tf.SymbolicTensor });
    const x = unitTensor(3, [2, 6, 7, 2]);
    const want = outputs(model, x);
    for (const round of [false, true]) {
      const frozen = freezeStrides(model, [6, 7, 2], { round });
      expect(frozen.outputs[0]!.shape).toEqual([null, 15, 18, 2]);
      expect(relativeError(outputs(frozen, x), want)).toBeLessThan(FLOAT32);
      frozen.dispose();
    }
    model.dispose();
    x.dispose();
  });

  it.each([
    ['after a pooling', () => new SpectralPool({ strides: 2 }), [2, 4]],
    ['before an upsampling', () => new SpectralUpsample({ strides: 2 }), [6, 8]],
  ])('leaves or moves a 1×1 convolution %s', (_, layerOf, sides) => {
    const mix = tf.layers.conv2d({ name: 'mix', filters: 2, kernelSize: 1, useBias: false });
    const image = tf.input({ shape: [6, 8, 2] });
    const outputs = layerOf().apply(mix.apply(image)) as tf.SymbolicTensor;
    const frozen = freezeStrides(tf.model({ inputs: image, outputs }), [6, 8, 2]);
    const input = frozen.getLayer('mix').input as tf.SymbolicTensor;
    expect(input.shape.slice(1, 3)).toEqual(sides);
    frozen.dispose();
  });

  it('leaks nothing', () => {
    const config = { inputShape: [16, 16, 3] as [number, number, number], classes: 2, width: 2 };
    const model = resnet18({ ...config, seed: 2, poolingConfig: { smoothness: 1 } });
    const before = tf.memory().numTensors;
    freezeStrides(model, [16, 16, 3]).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a model of nested models', () => {
  beforeAll(() => useBackend('wasm'));

  type Symbolic = tf.SymbolicTensor;
  const apply = (layer: tf.layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;
  const image = () => tf.input({ shape: [12, 10, 2] });
  /** All blocks use the same layer names. */
  const block = (name: string, strides: [number, number]) => {
    const x = image();
    const kernelInitializer = tf.initializers.heNormal({ seed: 7 });
    const conv = tf.layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3, kernelInitializer });
    const pool = new DiffStride({ name: 'pool', smoothness: 1, strides });
    return tf.model({ name, inputs: x, outputs: apply(conv, apply(pool, x)) });
  };
  /** Whether a saved model contains a `DiffStride`, at any depth. */
  const hasDiffStride = (model: tf.LayersModel) =>
    (model.toJSON() as string).includes('"class_name":"ds>DiffStride"');

  /** Requires the numbers of a model from its copy, and from the copy that tfjs alone loads. */
  async function agrees(model: tf.LayersModel, frozen: tf.LayersModel, shapes: number[][]) {
    const x = shapes.map((shape, at) => unitTensor(at + 1, [2, ...shape]));
    const given = x.length === 1 ? x[0]! : x;
    const want = [model.predict(given)].flat() as tf.Tensor[];
    const loaded = await plainModel(frozen);
    for (const one of [frozen, loaded]) {
      const got = [one.predict(given)].flat() as tf.Tensor[];
      expect(got.map((y) => y.shape)).toEqual(want.map((y) => y.shape));
      for (const [at, y] of got.entries()) {
        expect(relativeError(y.dataSync(), want[at]!.dataSync())).toBeLessThan(FLOAT32);
      }
      tf.dispose(got);
    }
    loaded.dispose();
    tf.dispose([x, want]);
  }

  it('is frozen completely: nested twice, shared, with several inputs and outputs', () => {
    const nested = block('nested', [2, 1.6]);
    const other = block('other', [1.5, 2.5]);
    const outer = tf.sequential({ name: 'outer', layers: [other, tf.layers.reLU()] });
    const [left, right] = [image(), image()];
    const add = tf.layers.add({ name: 'nested.conv' });
    const sum = apply(add, [apply(nested, left), apply(nested, right)]);
    const model = tf.model({ inputs: [left, right], outputs: [sum, apply(outer, right)] });
    const shape = [12, 10, 2];
    const before = tf.memory().numTensors;
    const frozen = freezeStrides(model, [shape, shape]);
    expect([model, frozen].map(hasDiffStride)).toEqual([true, false]);
    const x = [unitTensor(1, [2, ...shape]), unitTensor(2, [2, ...shape])];
    const [want, got] = [model, frozen].map((one) => one.predict(x) as tf.Tensor[]);
    for (const [at, y] of got!.entries()) {
      expect(y.shape).toEqual(want![at]!.shape);
      expect(relativeError(y.dataSync(), want![at]!.dataSync())).toBeLessThan(FLOAT32);
    }
    const names = frozen.layers.map(({ name }) => name);
    expect(names).toContain('nested.conv');
    expect(names).toContain('nested.conv.2');
    tf.dispose([x, want!, got!]);
    frozen.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['a pooling', () => new DiffStride({ smoothness: 1, strides: [2, 1.6] }) as tf.layers.Layer],
    ['a model', () => block('held', [2, 1.6])],
    ['nothing to freeze', () => tf.layers.conv2d({ filters: 2, kernelSize: 3 })],
  ])('is frozen inside TimeDistributed: %s', async (_, make) => {
    const input = tf.input({ shape: [3, 12, 10, 2] });
    const each = tf.layers.timeDistributed({ name: 'each', layer: make() });
    const again = tf.input({ shape: [3, 12, 10, 2] });
    const outputs = [apply(each, input), apply(each, again)];
    const model = tf.model({ inputs: [input, again], outputs });
    const shape = [3, 12, 10, 2];
    const frozen = freezeStrides(model, [shape, shape]);
    expect(hasDiffStride(frozen)).toBe(false);
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: JSON.parse(frozen.toJSON() as string),
        weightSpecs: [],
        weightData: new ArrayBuffer(0),
      }),
      { strict: false },
    );
    loaded.setWeights(frozen.getWeights());
    const x = [unitTensor(1, [2, ...shape]), unitTensor(2, [2, ...shape])];
    const want = model.predict(x) as tf.Tensor[];
    for (const one of [frozen, loaded]) {
      const got = one.predict(x) as tf.Tensor[];
      for (const [at, y] of got.entries()) {
        expect(y.shape).toEqual(want[at]!.shape);
        expect(relativeError(y.dataSync(), want[at]!.dataSync())).toBeLessThan(FLOAT32);
      }
    }
  });

  it('is frozen with nested and shared networks of this package', async () => {
    const small = { width: 2, classes: 3, poolingConfig: { smoothness: 1 } };
    const inputShape: [number, number, number] = [12, 10, 2];
    const trunk = resnet18({ ...small, inputShape, strides: [1, 1, 2, 1, 1.5], seed: 1 });
    const each = tf.layers.timeDistributed({ name: 'each', layer: trunk });
    const twice = tf.layers.timeDistributed({
      name: 'twice',
      layer: tf.layers.timeDistributed({ layer: new DiffStride({ strides: 2, smoothness: 1 }) }),
    });
    const film = tf.input({ shape: [2, 12, 10, 2] });
    const films = tf.input({ shape: [2, 2, 12, 10, 2] });
    const inputs = [film, image(), films];
    const outputs = [apply(each, film), apply(trunk, inputs[1]!), apply(twice, films)];
    const model = tf.model({ inputs, outputs });
    const shapes = [
      [2, 12, 10, 2],
      [12, 10, 2],
      [2, 2, 12, 10, 2],
    ];
    const before = tf.memory().numTensors;
    const frozen = freezeStrides(model, shapes);
    await agrees(model, frozen, shapes);
    frozen.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is refused if the input leaves a layer no map', () => {
    const layer = tf.layers.conv2d({ filters: 1, kernelSize: 5, name: 'wide' });
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [null, null, 3] }), layer],
    });
    expect(() => freezeStrides(model, [3, 3, 3])).toThrow(
      "freezeStrides: inputShape must leave every layer a map, got [3,3,3], which leaves none at 'wide'",
    );
  });

  it('keeps types and batch sizes of inputs', async () => {
    const words = tf.input({ batchShape: [2, 6], dtype: 'int32' });
    const embedding = tf.layers.embedding({ inputDim: 5, outputDim: 4, inputLength: 6 });
    const picture = apply(tf.layers.reshape({ targetShape: [6, 4, 1] }), apply(embedding, words));
    const pool = new DiffStride({ strides: [2, 1.5], smoothness: 1 });
    const model = tf.model({ inputs: words, outputs: apply(pool, picture) });
    const frozen = freezeStrides(model, [6]);
    expect(frozen.inputs[0]!.dtype).toBe('int32');
    expect(frozen.inputs[0]!.shape).toEqual([2, 6]);
    const x = tf.tensor2d([1, 2, 3, 4, 0, 1, 4, 3, 2, 1, 0, 2], [2, 6], 'int32');
    const [want, got] = [model, frozen].map((one) => (one.predict(x) as tf.Tensor).dataSync());
    expect(relativeError(got!, want!)).toBeLessThan(FLOAT32);
  });

  it('is frozen if identity poolings join outputs with each other or with inputs', async () => {
    const x = image();
    const same = new DiffStride({ name: 'same', strides: 1, smoothness: 1 });
    const conv = apply(tf.layers.conv2d({ filters: 2, kernelSize: 3 }), x);
    const model = tf.model({ inputs: x, outputs: [apply(same, x), conv, apply(same, conv)] });
    const frozen = freezeStrides(model, [12, 10, 2]);
    await agrees(model, frozen, [[12, 10, 2]]);
    expect(new Set(frozen.outputNames).size).toBe(3);
  });

  it('does not move a pooling before a convolution over other axes', async () => {
    const shape = [6, 8, 4];
    const conv = tf.layers.conv2d({ filters: 4, kernelSize: 1, useBias: false, inputShape: shape });
    const pool = new DiffStride({ strides: 2, smoothness: 1, dataFormat: 'channelsFirst' });
    const model = tf.sequential({ layers: [conv, pool] });
    await agrees(model, freezeStrides(model, shape), [shape]);
  });

  it('is refused if a pooling is in a wrapper that cannot hold constants', () => {
    const pool = new DiffStride({ name: 'pool', smoothness: 1 });
    class Around extends tf.layers.Layer {
      static className = 'Around';
      layer = pool;
    }
    const x = image();
    const model = tf.model({ inputs: x, outputs: apply(new Around({ name: 'around' }), x) });
    expect(() => freezeStrides(model, [12, 10, 2])).toThrow(
      'freezeStrides: model must have poolings only in models and TimeDistributed, ' +
        'got around/pool in a Around',
    );
  });
});

describe('bad input', () => {
  it('names the argument', () => {
    const model = resnet18({ inputShape: [8, 8, 3], classes: 2, width: 2, pooling: 'spectral' });
    expect(() => freezeStrides(model, [8, 9, 3])).toThrow(
      "freezeStrides: inputShape must suit the model's [8,8,3], got [8,9,3]",
    );
  });
});
