import { useBackend } from '@ds/backend';
import { leakedTensors, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApsPool, LpsPool, TipsPool } from '../src/index.js';

const LAYERS = {
  aps: (config: object) => new ApsPool(config),
  'aps with its choice': (config: object) => new ApsPool({ ...config, returnsChoice: true }),
  lps: (config: object) => new LpsPool(config),
  'lps with its choice': (config: object) => new LpsPool({ ...config, returnsChoice: true }),
  tips: (config: object) => new TipsPool(config),
};

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(Object.entries(LAYERS))('%s has the same values in both formats', (_, layerOf) => {
    const last = [1, 2].map((seed) => unitTensor(seed, [2, 6, 7, 3]));
    const first = last.map((image) => tf.transpose(image, [0, 3, 1, 2]));
    const [layer, mirrored] = [layerOf({}), layerOf({ dataFormat: 'channelsFirst' })];
    layer.build(last[0]!.shape);
    mirrored.build(first[0]!.shape);
    mirrored.setWeights(layer.getWeights());
    // One choice for both images.
    const results = [layer.apply(last), mirrored.apply(first)].map((outputs) =>
      [outputs as tf.Tensor[]].flat(),
    );
    const [want, got] = results as [tf.Tensor[], tf.Tensor[]];
    expect(got).toHaveLength(want.length);
    for (const [i, tensor] of want.entries()) {
      const there = i < 2 ? tf.transpose(got[i]!, [0, 2, 3, 1]) : got[i]!;
      expect(there.shape).toEqual(tensor.shape);
      const error = tf.max(tf.abs(tf.sub(there, tensor))).dataSync()[0]!;
      expect(error).toBeLessThan(1e-6);
    }
    expect(leakedTensors(() => mirrored.apply(first) as tf.Tensor[])).toBe(0);
    tf.dispose([last, first, results]);
  });
});

describe.each(BACKENDS)('a stride of 1 on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['aps with its choice', 'lps with its choice'] as const)(
    'keeps the image, and chooses the only grid: %s',
    (key) => {
      const image = unitTensor(1, [2, 3, 4, 2]);
      const [pooled, choice] = LAYERS[key]({ strides: 1 }).apply(image) as tf.Tensor[];
      expect(pooled!.dataSync()).toEqual(image.dataSync());
      expect([choice!.shape, choice!.dtype]).toEqual([[2, 1], 'float32']);
      expect([...choice!.dataSync()]).toEqual([1, 1]);
      tf.dispose([image, pooled!, choice!]);
    },
  );
});

describe('several images', () => {
  beforeAll(() => useBackend('cpu'));

  it.each([
    ['aps', 'ApsPool'],
    ['lps', 'LpsPool'],
    ['tips', 'TipsPool'],
  ] as const)('must have the batch size of the first one: %s', (key, className) => {
    const layer = LAYERS[key]({ name: 'down' });
    const message =
      `${className}: layer 'down': inputs[1] must have the batch size of inputs[0], 2, ` +
      'got shape [1, 4, 4, 3]';
    const images = [tf.ones([2, 4, 4, 3]), tf.ones([1, 4, 4, 3])];
    expect(() => layer.apply(images)).toThrow(message);
    expect(() => layer.computeOutputShape(images.map(({ shape }) => shape))).toThrow(message);
    tf.dispose(images);
  });

  it.each(['channelsLast', 'channelsFirst'] as const)(
    'must have equal channels if each channel has weights, %s',
    (dataFormat) => {
      const shapeOf = (batch: number | null, channels: number) =>
        dataFormat === 'channelsLast' ? [batch, 4, 4, channels] : [batch, channels, 4, 4];
      const images = [2, 3, 1].map((channels) => tf.ones(shapeOf(1, channels) as number[]));
      const tips = new TipsPool({ name: 'mixed', dataFormat });
      const rule =
        "TipsPool: layer 'mixed': inputs[1] must have the number of channels of inputs[0]";
      expect(() => tips.apply(images)).toThrow(
        `${rule}, 2, got shape [${images[1]!.shape.join(', ')}]`,
      );
      const symbolic = [2, 3].map((channels) => shapeOf(null, channels));
      expect(() => tips.computeOutputShape(symbolic)).toThrow(
        `${rule}, 2, got shape [${symbolic[1]!.map(String).join(', ')}]`,
      );
      // A choice of one grid fits any channels.
      const aps = new ApsPool({ dataFormat }).apply(images) as tf.Tensor[];
      expect(aps.map(({ shape }) => shape)).toEqual(
        [2, 3, 1].map((channels) => shapeOf(1, channels).map((n) => (n === 4 ? 2 : n))),
      );
      tf.dispose([images, aps]);
    },
  );
});

describe.each([
  ['LpsPool', LpsPool],
  ['TipsPool', TipsPool],
] as const)('%s with the weights of other channels', (name, Pool) => {
  beforeAll(() => useBackend('cpu'));

  it.each(['channelsLast', 'channelsFirst'] as const)('refuses images, %s', (dataFormat) => {
    const shapeOf = (channels: number) =>
      dataFormat === 'channelsLast' ? [6, 6, channels] : [channels, 6, 6];
    const layer = new Pool({ name: 'pool', dataFormat });
    layer.apply(tf.input({ shape: shapeOf(2) }));
    const message = `${name}: layer 'pool': the input must have 2 channels, as its weights, got`;
    expect(() => layer.apply(tf.input({ shape: shapeOf(3) }))).toThrow(
      `${message} shape [null, ${shapeOf(3).join(', ')}]`,
    );
    tf.tidy(() => {
      expect(() => layer.apply(tf.ones([1, ...shapeOf(3)]))).toThrow(
        `${message} shape [1, ${shapeOf(3).join(', ')}]`,
      );
    });
    layer.dispose();
  });
});
