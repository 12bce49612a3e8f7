import { useBackend } from '@ds/backend';
import { ApsPool, BlurPool } from '@ds/layers';
import { leakedTensors, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { swapDownsampling } from '../src/index.js';
import {
  conv,
  expectAlike,
  expectSameWeights,
  modelOf,
  outputs,
  residual,
} from './swapped-models.js';

beforeAll(() => useBackend('wasm'));

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
        swapped: { after: 'relu', pooling: 'main1.pool', strides: [2, 2], outputShape: [6, 6, 4] },
        reason: '',
      },
      {
        layer: 'shortcut',
        className: 'Conv2D',
        strides: [2, 2],
        outputShape: [6, 6, 4],
        swapped: {
          after: 'shortcut',
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

  it.each([1, 2])('frees a nested model that the copy applies %i times', (times) => {
    const trunk = tf.sequential({ layers: [conv('conv', { strides: 2, inputShape: [8, 8, 2] })] });
    const images = Array.from({ length: times }, () => tf.input({ shape: [8, 8, 2] }));
    const made = images.map((one) => trunk.apply(one) as tf.SymbolicTensor);
    const model = tf.model({ inputs: images, outputs: made });
    expect(
      leakedTensors(() => {
        swapDownsampling(model, 'blur').model.dispose();
        return [];
      }),
    ).toBe(0);
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
    const dataFormat = 'channelsFirst';
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

  it.each([
    [[2, 1], 2],
    [[1, 2], 2],
    [[2, 3], 3],
    [[3, 2], 3],
    [
      [3, 2],
      [3, 2],
    ],
  ] as [[number, number], number | [number, number]][])(
    'takes windows with strides %j of %j pixels after a map of learned size',
    (strides, poolSize) => {
      for (const [make, shape] of [
        [tf.layers.maxPooling2d, [32, 64, 1]],
        [tf.layers.averagePooling2d, [33, 47, 1]],
        [tf.layers.maxPooling2d, [null, null, 1]],
      ] as const) {
        const model = modelOf(
          [...shape],
          make({ poolSize: 2 }),
          make({ poolSize, strides, name: 'uneven' }),
          tf.layers.globalAveragePooling2d({}),
        );
        const { model: copy, report } = swapDownsampling(model, 'diffstride');
        // A mean of three pixels stays: at an unknown size it would shift by a pixel.
        if (make === tf.layers.maxPooling2d) expect(report[1]!.swapped).not.toBeNull();
        const x = unitTensor(1, [2, shape[0] ?? 32, shape[1] ?? 64, 1]);
        expect((copy.predict(x) as tf.Tensor).shape).toEqual([2, 1]);
        const plain = swapDownsampling(model, 'subsample').model;
        if (shape[0] !== null) expectAlike(model, plain, [...shape]);
        tf.dispose(x);
      }
    },
  );

  it.each(['own', 'layer'])('keeps a softmax along the width after the pooling: %s', (where) => {
    const activation = 'softmax' as const;
    const dataFormat = 'channelsFirst' as const;
    const layer = tf.layers.conv2d({
      ...{ filters: 2, kernelSize: 3, strides: 2, dataFormat },
      ...(where === 'own' && { activation }),
    });
    const after = where === 'own' ? [] : [tf.layers.activation({ activation })];
    const model = modelOf([2, 9, 9], layer, ...after);
    for (const placement of ['activation', 'convolution'] as const) {
      const copy = swapDownsampling(model, 'subsample', { placement }).model;
      expectAlike(model, copy, [2, 9, 9]);
    }
  });

  it('leaves a pooling with weights out of maps of other channels', () => {
    const input = tf.input({ shape: [16, 16, 2] });
    const pool = tf.layers.maxPooling2d({ poolSize: 2, name: 'shared' });
    const wide = tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' });
    const outputs = pool.apply(wide.apply(pool.apply(input))) as tf.SymbolicTensor;
    const { report } = swapDownsampling(tf.model({ inputs: input, outputs }), 'tips');
    expect(report).toMatchObject([
      { swapped: null, reason: expect.stringContaining('maps of 2 and 4') },
    ]);
  });

  it('moves the activation of a convolution after a pooling of linear maps', () => {
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

  it.each(['maxPooling2d', 'averagePooling2d'] as const)(
    'keeps odd sizes where the window of %s is one pixel',
    (kind) => {
      for (const padding of ['same', 'valid'] as const) {
        const config = { poolSize: [1, 1] as [number, number], strides: 2, padding };
        const model = modelOf([12, 9, 2], tf.layers[kind](config), tf.layers.flatten());
        for (const pooling of ['flc', 'dct', 'asap', 'max-blur', 'fractional-max']) {
          const { model: copy, report } = swapDownsampling(model, pooling);
          expect(report[0]!.swapped!.outputShape).toEqual([6, 5, 2]);
          expect(copy.outputs[0]!.shape).toEqual(model.outputs[0]!.shape);
        }
      }
    },
  );
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

it('polyphase sampling with weights for each channel stays out of branches of unequal channels', () => {
  const input = tf.input({ shape: [16, 16, 3] });
  const wide = conv('wide', { filters: 8, strides: 2 }).apply(input) as tf.SymbolicTensor;
  const pooled = tf.layers
    .maxPooling2d({ name: 'max', poolSize: 3, strides: 2, padding: 'same' })
    .apply(input) as tf.SymbolicTensor;
  const outputs = tf.layers.concatenate({}).apply([wide, pooled]) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs });
  const { report } = swapDownsampling(model, 'tips');
  const reason = 'tips makes one choice for joined maps, which here have 8 and 3 channels';
  expect(report.map((row) => [row.swapped, row.reason])).toEqual([
    [null, reason],
    [null, reason],
  ]);
  for (const other of ['aps', 'lps', 'blur', 'diffstride']) {
    expect(swapDownsampling(model, other).report.every(({ swapped }) => swapped)).toBe(true);
  }
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
