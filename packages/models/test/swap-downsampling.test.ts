import { useBackend } from '@ds/backend';
import {
  ApsPool,
  BlurPool,
  BlurUpsample,
  type DiffStride,
  FlcPool,
  FractionalMaxPool,
  poolingNames,
  SpectralPool,
  SpectralUpsample,
} from '@ds/layers';
import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { resnet18, strideVariables, swapDownsampling } from '../src/index.js';

beforeAll(() => useBackend('wasm'));

/** The tolerance for sums in another order, in float32. */
const FLOAT32 = 1e-5;

type Format = 'channelsLast' | 'channelsFirst';

const init = (seed: number) => tf.initializers.randomNormal({ seed });

function outputs(model: tf.LayersModel, ...inputs: tf.Tensor[]): Float32Array[] {
  return tf.tidy(() =>
    [model.predict(inputs.length === 1 ? inputs[0]! : inputs)]
      .flat()
      .map((one) => (one as tf.Tensor).dataSync<'float32'>().slice()),
  );
}

/** A model of one layer. */
function modelOf(shape: (number | null)[], ...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape });
  let x: tf.SymbolicTensor = input;
  for (const layer of layers) x = layer.apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: x });
}

/** Asserts that two models agree on a batch of images. */
function expectAlike(one: tf.LayersModel, other: tf.LayersModel, ...shapes: number[][]): void {
  const inputs = shapes.map((shape, at) => unitTensor(at + 3, [2, ...shape]));
  const [want, got] = [outputs(one, ...inputs), outputs(other, ...inputs)];
  got.forEach((values, at) => {
    expect(values.length).toBe(want[at]!.length);
    expect(relativeError(values, want[at]!)).toBeLessThan(FLOAT32);
  });
  tf.dispose(inputs);
}

/** Asserts that each layer of the copy has the weights of the original's layer of its name. */
function expectSameWeights(model: tf.LayersModel, copy: tf.LayersModel): void {
  for (const layer of model.layers) {
    const twin = copy.layers.find(({ name }) => name === layer.name);
    expect(twin?.getWeights().length).toBe(layer.getWeights().length);
    layer.getWeights().forEach((weight, at) => {
      expect(twin!.getWeights()[at]!.dataSync()).toEqual(weight.dataSync());
    });
  }
}

const kinds: Record<string, (shared: object) => tf.layers.Layer> = {
  conv2d: (shared) =>
    tf.layers.conv2d({ filters: 3, kernelInitializer: init(1), ...shared } as never),
  depthwiseConv2d: (shared) =>
    tf.layers.depthwiseConv2d({
      depthMultiplier: 2,
      depthwiseInitializer: init(1),
      ...shared,
    } as never),
  separableConv2d: (shared) =>
    tf.layers.separableConv2d({
      filters: 3,
      depthMultiplier: 2,
      depthwiseInitializer: init(1),
      pointwiseInitializer: init(2),
      useBias: false,
      ...shared,
    } as never),
  maxPooling2d: ({ kernelSize, ...shared }: { kernelSize?: number | number[] }) =>
    tf.layers.maxPooling2d({ poolSize: kernelSize as number, ...shared }),
  averagePooling2d: ({ kernelSize, ...shared }: { kernelSize?: number | number[] }) =>
    tf.layers.averagePooling2d({ poolSize: kernelSize as number, ...shared }),
};

describe('with plain subsampling, the copy computes what the model computes', () => {
  const sizes: [number, number][] = [
    [8, 8],
    [9, 12],
    [7, 10],
  ];
  const windows: [number | [number, number], number | [number, number]][] = [
    [3, 2],
    [2, 2],
    [1, 2],
    [5, 3],
    [7, 2],
    [3, 3],
    [2, 3],
    [
      [3, 2],
      [2, 1],
    ],
    [
      [1, 4],
      [1, 2],
    ],
  ];
  it.each(
    Object.keys(kinds).flatMap((kind) =>
      (['same', 'valid'] as const).map((padding) => [kind, padding] as const),
    ),
  )('%s with padding %s', (kind, padding) => {
    for (const [kernelSize, strides] of windows) {
      for (const [height, width] of sizes) {
        const layer = kinds[kind]!({ name: 'down', kernelSize, strides, padding });
        const model = modelOf([height, width, 2], layer);
        const { model: copy, report } = swapDownsampling(model, 'subsample');
        expect(report.map(({ reason }) => reason)).toEqual(['']);
        expect(copy.outputs[0]!.shape).toEqual(model.outputs[0]!.shape);
        expectAlike(model, copy, [height, width, 2]);
        expectSameWeights(model, copy);
        model.dispose();
        copy.dispose();
      }
    }
  });
});

const conv = (name: string, more: object = {}) =>
  tf.layers.conv2d({
    name,
    filters: 4,
    kernelSize: 3,
    padding: 'same',
    kernelInitializer: init(name.length),
    biasInitializer: init(7),
    ...more,
  });

/** A residual network with a strided block, as Keras builds them. */
function residual(sides: [number | null, number | null] = [12, 12]): tf.LayersModel {
  const input = tf.input({ shape: [...sides, 2], name: 'image' });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  const stem = apply(tf.layers.reLU({ name: 'stem.relu' }), apply(conv('stem'), input));
  let main = apply(conv('main1', { strides: 2 }), stem);
  main = apply(tf.layers.batchNormalization({ name: 'bn' }), main);
  main = apply(conv('main22'), apply(tf.layers.reLU({ name: 'relu' }), main));
  const shortcut = apply(conv('shortcut', { kernelSize: 1, strides: 2 }), stem);
  const sum = apply(tf.layers.add({ name: 'sum' }), [main, shortcut]);
  const mean = apply(tf.layers.globalAveragePooling2d({ name: 'mean' }), sum);
  return tf.model({
    inputs: input,
    outputs: apply(tf.layers.dense({ name: 'out', units: 3 }), mean),
  });
}

describe('the graph of a copy', () => {
  it('equals a hand-built model: conv → batch norm → ReLU → blur', () => {
    const model = residual();
    const { model: copy, report } = swapDownsampling(model, 'blur', { config: { filterSize: 5 } });
    const input = tf.input({ shape: [12, 12, 2] });
    const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
      layer.apply(x) as tf.SymbolicTensor;
    const pad = () =>
      tf.layers.zeroPadding2d({
        padding: [
          [0, 2],
          [0, 2],
        ],
      });
    const blur = () => new BlurPool({ filterSize: 5, strides: 2 });
    const stem = apply(tf.layers.reLU(), apply(conv('stem'), input));
    let main = apply(conv('main1', { padding: 'valid' }), apply(pad(), stem));
    main = apply(tf.layers.reLU(), apply(tf.layers.batchNormalization(), main));
    main = apply(conv('main22'), apply(blur(), main));
    const shortcut = apply(blur(), apply(conv('shortcut', { kernelSize: 1 }), stem));
    const mean = apply(
      tf.layers.globalAveragePooling2d({}),
      apply(tf.layers.add(), [main, shortcut]),
    );
    const hand = tf.model({ inputs: input, outputs: apply(tf.layers.dense({ units: 3 }), mean) });
    hand.layers.at(-1)!.setWeights(model.getLayer('out').getWeights());
    expectAlike(hand, copy, [12, 12, 2]);
    expectSameWeights(model, copy);
    expect(report).toEqual([
      {
        layer: 'main1',
        className: 'Conv2D',
        strides: [2, 2],
        outputShape: [6, 6, 4],
        swapped: { behind: 'relu', pooling: 'main1.pool', strides: [2, 2], outputShape: [6, 6, 4] },
        reason: '',
      },
      {
        layer: 'shortcut',
        className: 'Conv2D',
        strides: [2, 2],
        outputShape: [6, 6, 4],
        swapped: {
          behind: 'shortcut',
          pooling: 'shortcut.pool',
          strides: [2, 2],
          outputShape: [6, 6, 4],
        },
        reason: '',
      },
    ]);
  });

  it('leaves the model as it was, and frees its own tensors', () => {
    const model = residual();
    const image = unitTensor(1, [2, 12, 12, 2]);
    const before = outputs(model, image)[0]!;
    const topology = JSON.stringify(model.toJSON(null, false));
    expect(
      leakedTensors(() => {
        const { model: copy } = swapDownsampling(model, 'diffstride');
        tf.dispose(copy.predict(image));
        copy.dispose();
        return [];
      }),
    ).toBe(0);
    expect(outputs(model, image)[0]).toEqual(before);
    expect(JSON.stringify(model.toJSON(null, false))).toBe(topology);
  });

  it('keeps nested models, with the names of their layers', () => {
    const trunk = tf.sequential({
      name: 'trunk',
      layers: [
        conv('conv', { strides: 2, inputShape: [12, 12, 2], activation: 'relu' }),
        tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      ],
    });
    const [left, right] = [tf.input({ shape: [12, 12, 2] }), tf.input({ shape: [12, 12, 2] })];
    const sides = [left, right].map((one) => trunk.apply(one) as tf.SymbolicTensor);
    const both = tf.layers.concatenate({ name: 'both' }).apply(sides) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [left, right], outputs: [both, sides[0]!] });
    const { model: copy, report } = swapDownsampling(model, 'subsample');
    expectAlike(model, copy, [12, 12, 2], [12, 12, 2]);
    expectSameWeights(model, copy);
    expect(report.map(({ layer }) => layer)).toEqual(['trunk/conv', 'trunk/pool']);
    expect(copy.layers.filter(({ name }) => name === 'trunk')).toHaveLength(1);
  });

  it('applies a shared layer at each of its places, with the padding of each', () => {
    const shared = conv('shared', { strides: 2, activation: 'relu' });
    const [even, odd] = [tf.input({ shape: [8, 8, 2] }), tf.input({ shape: [9, 9, 2] })];
    const made = [even, odd].map((one) => shared.apply(one) as tf.SymbolicTensor);
    const model = tf.model({ inputs: [even, odd], outputs: made });
    const { model: copy } = swapDownsampling(model, 'subsample');
    expectAlike(model, copy, [8, 8, 2], [9, 9, 2]);
    expectSameWeights(model, copy);
    expect(copy.getLayer('shared').inboundNodes).toHaveLength(2);
  });

  it('keeps what is trained: of layers, of weights and of nested models', () => {
    const model = residual();
    model.getLayer('stem').trainable = false;
    model.getLayer('main1').trainable = false;
    model.getLayer('main22').trainable = false;
    const { model: copy } = swapDownsampling(model, 'blur');
    const names = (one: tf.LayersModel) =>
      one.trainableWeights.map(({ name }) => name.split('_')[0]);
    expect(copy.trainableWeights.map(({ originalName }) => originalName)).toEqual(
      model.trainableWeights.map(({ originalName }) => originalName),
    );
    expect(names(copy).length).toBeLessThan(model.weights.length);
    const frozen = tf.sequential({ layers: [residual()] });
    frozen.trainable = false;
    expect(swapDownsampling(frozen, 'blur').model.trainableWeights).toHaveLength(0);
  });

  it('works with channels first', () => {
    const dataFormat: Format = 'channelsFirst';
    const model = modelOf(
      [2, 8, 11],
      conv('conv', { strides: [2, 3], dataFormat }),
      tf.layers.maxPooling2d({ name: 'max', poolSize: 3, strides: 2, padding: 'same', dataFormat }),
      tf.layers.averagePooling2d({
        name: 'mean',
        poolSize: 3,
        strides: 2,
        padding: 'same',
        dataFormat,
      }),
    );
    const { model: copy } = swapDownsampling(model, 'subsample');
    expectAlike(model, copy, [2, 8, 11]);
    expect(copy.getLayer('conv.pool').getConfig().dataFormat).toBe(dataFormat);
  });

  it('moves the activation of a convolution behind a pooling of linear maps', () => {
    const model = modelOf([8, 8, 2], conv('conv', { strides: 2, activation: 'tanh' }));
    const { model: copy } = swapDownsampling(model, 'spectral');
    expect(copy.layers.map(({ name }) => name).slice(-3)).toEqual([
      'conv',
      'conv.pool',
      'conv.activation',
    ]);
    expect(copy.getLayer('conv').getConfig().activation).toBe('linear');
    const { model: late } = swapDownsampling(model, 'spectral', { placement: 'activation' });
    expect(late.layers.map(({ name }) => name).slice(-2)).toEqual(['conv', 'conv.pool']);
    expect(late.getLayer('conv').getConfig().activation).toBe('tanh');
    expectAlike(model, swapDownsampling(model, 'subsample').model, [8, 8, 2]);
  });

  it('gives poolings that round down the sizes of the model', () => {
    for (const [height, width, padding] of [
      [15, 13, 'same'],
      [17, 17, 'valid'],
      [16, 12, 'same'],
    ] as const) {
      const model = modelOf([height, width, 2], conv('conv', { strides: 2, padding }));
      for (const pooling of ['spectral', 'flc', 'blur', 'aps', 'max']) {
        const { model: copy, report } = swapDownsampling(model, pooling);
        expect([pooling, report[0]!.reason]).toEqual([pooling, '']);
        expect(copy.outputs[0]!.shape).toEqual(model.outputs[0]!.shape);
        const image = unitTensor(1, [1, height, width, 2]);
        expect((copy.predict(image) as tf.Tensor).shape).toEqual([
          1,
          ...model.outputs[0]!.shape.slice(1),
        ]);
        image.dispose();
      }
    }
    // Spectral pooling has an even height.
    const model = modelOf([13, 12, 2], conv('conv', { strides: 2 }));
    const { model: copy, report } = swapDownsampling(model, 'spectral');
    expect(report[0]).toMatchObject({
      swapped: null,
      reason: 'spectral cannot give its 7×6 outputs',
    });
    expectAlike(model, copy, [13, 12, 2]);
  });

  it('copies the fields that tfjs does not save', () => {
    const model = modelOf(
      [6, 6, 2],
      tf.layers.separableConv2d({ name: 'deep', filters: 3, kernelSize: 3, depthMultiplier: 3 }),
      tf.layers.depthwiseConv2d({
        name: 'wise',
        kernelSize: 2,
        depthwiseRegularizer: 'l1l2',
        depthwiseConstraint: 'nonNeg',
      }),
    );
    const { model: copy } = swapDownsampling(model, 'blur');
    expectSameWeights(model, copy);
    expectAlike(model, copy, [6, 6, 2]);
  });
});

describe('learned strides', () => {
  it('are shared by joined branches, and reduce small maps', () => {
    const { model: copy, report } = swapDownsampling(residual(), 'diffstride');
    expect(strideVariables(copy)).toHaveLength(1);
    const pool = copy.getLayer('main1.pool') as DiffStride;
    expect(pool.inboundNodes).toHaveLength(2);
    expect(pool.getConfig()).toMatchObject({ norm: 'forward', smoothness: 1.5, strides: [2, 2] });
    expect(pool.outputSize([12, 12])).toEqual([10, 10]);
    expect(report.map((row) => row.swapped?.pooling)).toEqual(['main1.pool', 'main1.pool']);
    const image = unitTensor(1, [1, 12, 12, 2]);
    strideVariables(copy)[0]!.variable.assign(tf.tensor1d([3.3, 2.6]));
    expect((copy.predict(image) as tf.Tensor).shape).toEqual([1, 3]);
  });

  it('stay out where a later layer needs a size, and say which', () => {
    const model = modelOf(
      [16, 16, 2],
      conv('first', { strides: 2 }),
      tf.layers.globalAveragePooling2d({ name: 'mean', dataFormat: 'channelsLast' }),
    );
    expect(swapDownsampling(model, 'diffstride').report[0]!.swapped).not.toBeNull();
    const flat = modelOf(
      [16, 16, 2],
      conv('first', { strides: 2 }),
      tf.layers.flatten({ name: 'flat' }),
    );
    const { model: copy, report } = swapDownsampling(flat, 'diffstride');
    expect(report[0]).toMatchObject({ swapped: null, reason: "'flat' needs a fixed size" });
    expectAlike(flat, copy, [16, 16, 2]);
    expect(swapDownsampling(flat, 'blur').report[0]!.swapped).not.toBeNull();
  });

  it('stay out where a map is joined with one of another size', () => {
    const input = tf.input({ shape: [16, 16, 2] });
    const half = conv('half', { strides: 2 }).apply(input) as tf.SymbolicTensor;
    const up = tf.layers.upSampling2d({ size: [2, 2] }).apply(half) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.concatenate({ name: 'skip' }).apply([input, up]) as tf.SymbolicTensor,
    });
    const { report } = swapDownsampling(model, 'diffstride');
    expect(report[0]!.reason).toBe("'skip' joins it with a map whose size may differ");
    expect(swapDownsampling(model, 'blur').report[0]!.swapped).not.toBeNull();
  });

  it('stay out where the map would not get smaller', () => {
    const model = modelOf([16, 16, 2], conv('conv', { strides: 2 }));
    const { report } = swapDownsampling(model, 'diffstride', { config: { smoothness: 8 } });
    expect(report[0]!.reason).toBe(
      'diffstride would not reduce its map of 16×16; choose a smaller smoothness',
    );
  });

  it('get a ramp that reduces the map, where none is given', () => {
    // At R = 0.5, strides of 1.5 keep all 8 rows.
    const model = modelOf([8, 8, 2], conv('conv', { strides: 2 }));
    const strides = { conv: 1.5 };
    const { model: copy } = swapDownsampling(model, 'diffstride', { strides });
    const pool = copy.getLayer('conv.pool') as DiffStride;
    expect(pool.getConfig().smoothness).toBe(0.25);
    expect(pool.outputSize([8, 8])).toEqual([6, 6]);
    const given = swapDownsampling(model, 'diffstride', { strides, smoothness: 0.5 });
    expect(given.report[0]!.reason).toBe(
      'diffstride would not reduce its map of 8×8; choose a smaller smoothness',
    );
    const open = modelOf([null, null, 2], conv('conv', { strides: 2 }));
    const { model: ofAnySize } = swapDownsampling(open, 'diffstride');
    expect(ofAnySize.getLayer('conv.pool').getConfig().smoothness).toBe(1);
    const { shape } = ofAnySize.predict(unitTensor(1, [1, 8, 8, 2])) as tf.Tensor;
    expect(Math.max(shape[1]!, shape[2]!)).toBeLessThan(8);
  });

  it('train in a copy of several stages', async () => {
    const model = tf.sequential({
      layers: [
        conv('one', { strides: 2, inputShape: [24, 24, 1], activation: 'relu' }),
        conv('two', { strides: 2, activation: 'relu' }),
        tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const { model: copy } = swapDownsampling(model, 'diffstride');
    expect(strideVariables(copy)).toHaveLength(2);
    copy.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    await copy.fit(unitTensor(1, [4, 24, 24, 1]), tf.ones([4, 2]), { epochs: 2, verbose: 0 });
    for (const { strides } of strideVariables(copy)) expect(strides).not.toEqual([2, 2]);
  });
});

describe('polyphase sampling', () => {
  it('chooses one grid for joined branches', () => {
    const { model: copy } = swapDownsampling(residual(), 'aps');
    const pools = copy.layers.filter((layer) => layer instanceof ApsPool);
    expect(pools.map(({ name }) => name)).toEqual(['main1.pool']);
    expect(pools[0]!.inboundNodes[0]!.inputTensors).toHaveLength(2);
    expect((copy.predict(unitTensor(1, [1, 12, 12, 2])) as tf.Tensor).shape).toEqual([1, 3]);
  });

  it.each(['aps', 'lps', 'tips'])('joins branches with channels first: %s', (pooling) => {
    const dataFormat = 'channelsFirst';
    const input = tf.input({ shape: [2, 12, 12] });
    const branch = (name: string) =>
      conv(name, { strides: 2, dataFormat }).apply(input) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([branch('main'), branch('shortcut')]) as tf.SymbolicTensor;
    const { model, report } = swapDownsampling(tf.model({ inputs: input, outputs: sum }), pooling);
    expect(report.map(({ reason }) => reason)).toEqual(['', '']);
    expect((model.predict(unitTensor(1, [1, 2, 12, 12])) as tf.Tensor).shape).toEqual([1, 4, 6, 6]);
  });
});

describe('polyphase sampling of a chain', () => {
  it('chooses a grid at each place, if one depends on the other', () => {
    const input = tf.input({ shape: [8, 8, 2] });
    const down = conv('down', { strides: 2 }).apply(input) as tf.SymbolicTensor;
    const up = tf.layers.upSampling2d({ size: [2, 2] }).apply(down) as tf.SymbolicTensor;
    const again = conv('again', { strides: 2 }).apply(up) as tf.SymbolicTensor;
    const sum = tf.layers.add({ name: 'sum' }).apply([down, again]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: sum });
    const { model: copy } = swapDownsampling(model, 'aps');
    expect((copy.predict(unitTensor(1, [1, 8, 8, 2])) as tf.Tensor).shape).toEqual([1, 4, 4, 4]);
  });
});

describe('maps of unknown size', () => {
  it('are aligned for multiples of the stride', () => {
    const model = residual([null, null]);
    const { model: copy, report } = swapDownsampling(model, 'subsample');
    expect(report.map(({ reason }) => reason)).toEqual(['', '']);
    expectAlike(model, copy, [12, 16, 2]);
    for (const pooling of ['blur', 'spectral', 'diffstride']) {
      const image = unitTensor(1, [1, 12, 16, 2]);
      const { model: other } = swapDownsampling(model, pooling);
      expect((other.predict(image) as tf.Tensor).shape).toEqual([1, 3]);
    }
  });
});

describe('small maps', () => {
  it.each(['blur', 'max-blur', 'avg-blur'])('stay if %s would refuse them', (pooling) => {
    for (const strides of [undefined, { small: [1, 3] as [number, number] }]) {
      const model = modelOf(
        [3, 8, 1],
        tf.layers.conv2d({ name: 'small', filters: 2, kernelSize: [3, 1], strides: [1, 2] }),
        tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      );
      const { model: copy, report } = swapDownsampling(model, pooling, strides && { strides });
      expect(report[0]!.swapped).toBeNull();
      expect(report[0]!.reason).toMatch(/cannot (give its 1×4 outputs|pool its map of 1×8)/);
      expect((copy.predict(unitTensor(1, [1, 3, 8, 1])) as tf.Tensor).shape).toEqual([1, 2]);
    }
  });
});

describe('options', () => {
  const two = () =>
    modelOf(
      [24, 24, 2],
      conv('first', { strides: 2 }),
      tf.layers.maxPooling2d({ name: 'max', poolSize: 2 }),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
    );

  it('choose layers and strides', () => {
    const only = swapDownsampling(two(), 'blur', { where: ({ name }) => name === 'max' });
    expect(only.report.map(({ reason }) => reason)).toEqual(["'where' leaves it out", '']);
    for (const strides of [
      { first: 3, max: [1, 2] as [number, number] },
      ({ name }: tf.layers.Layer) => (name === 'first' ? 3 : ([1, 2] as [number, number])),
    ]) {
      const { report } = swapDownsampling(two(), 'blur', { strides });
      expect(report.map((row) => row.swapped?.strides)).toEqual([
        [3, 3],
        [1, 2],
      ]);
      expect(report.map((row) => row.swapped?.outputShape)).toEqual([
        [8, 8, 4],
        [7, 4, 4],
      ]);
    }
    const { model, report } = swapDownsampling(two(), 'blur', { strides: { max: 1 } });
    expect(report[1]!.swapped).toMatchObject({ pooling: null, behind: 'max' });
    expect(model.layers.map(({ name }) => name)).not.toContain('max.pool');
  });

  it('take other strides only where later layers allow them', () => {
    const { model, report } = swapDownsampling(residual(), 'blur', { strides: { main1: 3 } });
    expect(report.map(({ reason }) => reason)).toEqual([
      "'sum' joins it with a map whose size may differ",
      '',
    ]);
    expect((model.predict(unitTensor(1, [1, 12, 12, 2])) as tf.Tensor).shape).toEqual([1, 3]);
    const both = swapDownsampling(residual(), 'blur', { strides: { main1: 3, shortcut: 3 } });
    expect(both.report.map((row) => row.swapped?.outputShape)).toEqual([
      [4, 4, 4],
      [4, 4, 4],
    ]);
  });

  it('leave poolings of this project and other ranks', () => {
    const signal = modelOf(
      [8, 2],
      tf.layers.conv1d({ name: 'one', filters: 2, kernelSize: 3, strides: 2 }),
    );
    const ours = modelOf([8, 8, 2], new BlurPool({ name: 'blur', strides: 2 }));
    const reasons = [signal, ours].map((model) => {
      const { model: copy, report } = swapDownsampling(model, 'blur');
      expectSameWeights(model, copy);
      expectAlike(model, copy, model.inputs[0]!.shape.slice(1) as number[]);
      return report.map(({ layer, reason }) => `${layer}: ${reason}`);
    });
    expect(reasons.flat()).toEqual([
      'one: it works on no images of rank 4',
      'blur: it is a pooling of @ds/layers already',
    ]);
  });

  it('know poolings with an output size, and that upsamplings are none', () => {
    const model = modelOf(
      [8, 8, 2],
      new SpectralPool({ name: 'spectral', outputSize: [6, 7] }),
      new FlcPool({ name: 'flc', outputSize: 4 }),
      new FractionalMaxPool({ name: 'fractional', outputSize: 3 }),
      new SpectralUpsample({ strides: 2 }),
      new BlurUpsample({ strides: 2 }),
    );
    const { report } = swapDownsampling(model, 'blur');
    expect(report.map(({ layer, reason }) => `${layer}: ${reason}`)).toEqual([
      'spectral: it is a pooling of @ds/layers already',
      'flc: it is a pooling of @ds/layers already',
      'fractional: it is a pooling of @ds/layers already',
    ]);
  });

  it.each([
    [() => swapDownsampling({} as tf.LayersModel, 'blur'), 'model must be a tf.LayersModel'],
    [() => swapDownsampling(tf.sequential(), 'blur'), 'model must be built'],
    [
      () => swapDownsampling(two(), 'blur', { smoothness: 2 }),
      "smoothness must be left out for 'blur', which has no ramp, got 2",
    ],
    [
      () => swapDownsampling(two(), 'diffstride', { smoothness: 2, config: { smoothness: 1 } }),
      'config must leave smoothness out, because the options have it, got',
    ],
    [() => swapDownsampling(two(), 'blurry'), 'pooling must be one of diffstride'],
    [() => swapDownsampling(two(), 'blur', { stride: 2 } as never), "have no 'stride' (strides?)"],
    [
      () => swapDownsampling(two(), 'blur', { config: { filterSize: 9 } }),
      'config: BlurPool: filterSize',
    ],
    [
      () => swapDownsampling(two(), 'blur', { strides: { firs: 3 } }),
      'strides must name layers that are swapped (\'first\'?), got "firs"',
    ],
    [
      () => swapDownsampling(two(), 'blur', { strides: { first: 0 } }),
      "strides of 'first' must be",
    ],
    [
      () => swapDownsampling(two(), 'blur', { strides: { first: 1.5 } }),
      "strides of 'first': BlurPool: strides must be integers",
    ],
    [
      () => swapDownsampling(two(), 'blur', { where: (() => 1) as never }),
      "where must return a boolean for 'first'",
    ],
    [() => swapDownsampling(two(), 'blur', { placement: 'end' as never }), 'placement must be'],
  ])('are refused by name (%#)', (call, message) => {
    expect(call).toThrow(`swapDownsampling: `);
    expect(call).toThrow(message);
  });

  it.each(Object.entries({ dataFormat: 'channelsFirst', strides: [4, 4], name: 'q', weights: [] }))(
    'leave %s to the swapped layer',
    (option, value) => {
      expect(() => swapDownsampling(two(), 'diffstride', { config: { [option]: value } })).toThrow(
        `swapDownsampling: config.${option} must be left out, since the swapped layer decides, got`,
      );
    },
  );
});

it('saves and loads with the classes of @ds/layers', async () => {
  const { model } = swapDownsampling(residual(), 'diffstride');
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const topology = JSON.parse(JSON.stringify(saved!.modelTopology));
  const loaded = await tf.loadLayersModel(tf.io.fromMemory({ ...saved!, modelTopology: topology }));
  expectAlike(model, loaded, [12, 12, 2]);
});

describe('a whole ResNet', () => {
  const resnet = (more: object = {}) =>
    resnet18({
      inputShape: [32, 32, 3],
      classes: 3,
      width: 2,
      pooling: 'conv',
      variant: 'original',
      seed: 3,
      ...more,
    });

  it('computes the same with plain subsampling', () => {
    const model = resnet({ stem: 'imagenet', strides: [2, 1, 2, 2, 2] });
    expectAlike(model, swapDownsampling(model, 'subsample').model, [32, 32, 3]);
  });

  it('takes every pooling, one for both branches of a block where its size is learned', () => {
    const model = resnet();
    const image = unitTensor(1, [2, 32, 32, 3]);
    for (const pooling of poolingNames()) {
      const { model: copy, report } = swapDownsampling(model, pooling);
      expect([pooling, report.map(({ reason }) => reason)]).toEqual([pooling, Array(6).fill('')]);
      expect((copy.predict(image) as tf.Tensor).shape).toEqual([2, 3]);
      const pools = copy.layers.filter(({ name }) => /\.pool$/.test(name));
      const isShared = ['diffstride', 'dct-diffstride', 'aps', 'lps', 'tips'].includes(pooling);
      expect([pooling, pools.length]).toEqual([pooling, isShared ? 3 : 6]);
      copy.dispose();
    }
    image.dispose();
  });
});
