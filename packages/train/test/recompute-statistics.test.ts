import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import { FractionalMaxPool } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { recomputeStatistics } from '../src/index.js';

const SHAPE = [3, 4, 2];
const EPSILON = 1e-3;

/** Two batch norms, and a ReLU between them. Keras saves the axis as a list. */
function network(axis: number | number[] = -1): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.batchNormalization({
        name: 'first',
        inputShape: SHAPE,
        epsilon: EPSILON,
        axis: axis as number,
      }),
      tf.layers.reLU(),
      tf.layers.batchNormalization({ name: 'second', epsilon: EPSILON, trainable: false }),
    ],
  });
}

const batchOf = (seed: number, images: number) => ({
  // Neither centred nor of unit variance.
  images: tf.tidy(() =>
    unitTensor(seed, [images, ...SHAPE])
      .mul(3)
      .add(seed + 1),
  ),
  labels: tf.ones([images, 1]) as tf.Tensor2D,
});

/** Values of each channel of a batch: pixels with the channel as the last axis. */
const channelsOf = (values: ArrayLike<number>) =>
  [0, 1].map((c) => Array.from(values).filter((_, at) => at % 2 === c));

function momentsOf(values: number[]) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

/** μ and σ² of one channel, from its values in each batch. */
function expected(batches: { values: number[]; images: number }[]) {
  const images = batches.reduce((sum, batch) => sum + batch.images, 0);
  const each = batches.map((batch) => ({
    ...momentsOf(batch.values),
    share: batch.images / images,
  }));
  const mean = each.reduce((sum, one) => sum + one.share * one.mean, 0);
  const within = each.reduce((sum, one) => sum + one.share * one.variance, 0);
  const between = each.reduce((sum, one) => sum + one.share * (one.mean - mean) ** 2, 0);
  return { mean, variance: within + between };
}

const statistics = (model: tf.LayersModel, name: string) =>
  model
    .getLayer(name)
    .getWeights()
    .slice(-2)
    .map((weight) => weight.dataSync());

const SIZES = [4, 1, 3];

describe.each(BACKENDS)('recomputeStatistics on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([-1, [3]])('gives every batch norm at %j the moments of what it sees', async (axis) => {
    const model = network(axis);
    const gamma = tf.tensor1d([1.5, -0.7]);
    const beta = tf.tensor1d([0.2, 0.4]);
    model.getLayer('first').setWeights([gamma, beta, tf.zeros([2]), tf.ones([2])]);
    const batches = SIZES.map((images, at) => batchOf(at, images));
    const first = batches.map(({ images }) => channelsOf(images.dataSync()));
    // The first batch norm in training, and the ReLU.
    const second = first.map((channels) =>
      channels.map((values, c) => {
        const { mean, variance } = momentsOf(values);
        const [scale, shift] = [gamma.dataSync()[c]!, beta.dataSync()[c]!];
        return values.map((x) =>
          Math.max(0, (scale * (x - mean)) / Math.sqrt(variance + EPSILON) + shift),
        );
      }),
    );
    const before = tf.memory().numTensors;
    expect(await recomputeStatistics(model, batches)).toBe(8);
    expect(tf.memory().numTensors).toBe(before);
    for (const [name, seen] of [
      ['first', first],
      ['second', second],
    ] as const) {
      const want = [0, 1].map((c) =>
        expected(seen.map((channels, at) => ({ values: channels[c]!, images: SIZES[at]! }))),
      );
      const [mean, variance] = statistics(model, name);
      expect(
        relativeError(
          mean!,
          want.map((one) => one.mean),
        ),
      ).toBeLessThan(1e-5);
      expect(
        relativeError(
          variance!,
          want.map((one) => one.variance),
        ),
      ).toBeLessThan(1e-5);
    }
    // What is learned stays.
    expect(model.getLayer('first').getWeights()[0]!.dataSync()).toEqual(gamma.dataSync());
    model.dispose();
  });
});

describe('recomputeStatistics', () => {
  beforeAll(() => useBackend('wasm'));

  it('ends with the batch that has the last of the images', async () => {
    const model = network();
    let made = 0;
    const batches = {
      *[Symbol.iterator]() {
        for (const images of SIZES) {
          made += 1;
          yield batchOf(made, images);
        }
      },
    };
    const before = tf.memory().numTensors;
    expect(await recomputeStatistics(model, batches, { images: 5 })).toBe(5);
    expect(made).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('counts a batch norm with two inputs twice', async () => {
    const shared = tf.layers.batchNormalization({ name: 'first', epsilon: EPSILON });
    const image = tf.input({ shape: SHAPE });
    const once = shared.apply(image) as tf.SymbolicTensor;
    const moved = tf.layers.upSampling2d({ size: [1, 2] }).apply(once) as tf.SymbolicTensor;
    const model = tf.model({ inputs: image, outputs: shared.apply(moved) as tf.SymbolicTensor });
    await recomputeStatistics(model, [batchOf(2, 5)]);
    // The second input is normalised, so its mean is that of β.
    const [mean] = statistics(model, 'first');
    const own = channelsOf(batchOf(2, 5).images.dataSync()).map((one) => momentsOf(one).mean);
    expect(
      relativeError(
        mean!,
        own.map((one) => one / 2),
      ),
    ).toBeLessThan(1e-5);
    model.dispose();
  });

  it('leaves the draws of random poolings, and the statistics after an error', async () => {
    const pool = new FractionalMaxPool({ ratio: 1.5, pseudoRandom: true, seed: 1 });
    const model = tf.sequential({
      layers: [
        tf.layers.batchNormalization({ name: 'first', inputShape: SHAPE }),
        pool as tf.layers.Layer,
      ],
    });
    await recomputeStatistics(model, [batchOf(1, 2)]);
    expect(pool.draws).toBe(0);
    const old = statistics(model, 'first').map((values) => Float32Array.from(values));
    const broken = [batchOf(2, 2), { images: 1 }] as never;
    await expect(recomputeStatistics(model, broken)).rejects.toThrow(
      'recomputeStatistics: batches must hold { images, labels }',
    );
    expect(statistics(model, 'first')).toEqual(old);
    const signal = AbortSignal.abort();
    expect(await recomputeStatistics(model, [batchOf(2, 2)], { signal })).toBe(0);
    expect(statistics(model, 'first')).toEqual(old);
    model.dispose();
  });

  it('skips batches without images', async () => {
    const model = network();
    const batches = (sizes: number[]) => sizes.map((size) => batchOf(size, size));
    expect(await recomputeStatistics(model, batches([4, 3]))).toBe(7);
    const want = statistics(model, 'second').map((values) => [...values]);
    expect(await recomputeStatistics(model, batches([0, 4, 0, 3]))).toBe(7);
    expect(statistics(model, 'second').map((values) => [...values])).toEqual(want);
    model.dispose();
  });

  it('refuses values that are not finite, and leaves the statistics', async () => {
    const model = network();
    const old = statistics(model, 'second').map((values) => [...values]);
    const after = async (values: number[], files?: string[]) => {
      const images = tf.stack(values.map((value) => tf.fill(SHAPE, value)));
      const spoilt = { images, labels: tf.ones([values.length, 1]) as tf.Tensor2D, files };
      return recomputeStatistics(model, [batchOf(1, 2), spoilt]);
    };
    const start = 'recomputeStatistics: batches must hold finite images, got a value that is';
    await expect(after([1, Number.NaN])).rejects.toThrow(
      new ConfigError(`${start} not finite in image 1 of batch 1`),
    );
    await expect(after([1, 1, Number.NEGATIVE_INFINITY], ['a', 'b', 'c'])).rejects.toThrow(
      new ConfigError(`${start} not finite in image 2 (c) of batch 1`),
    );
    // Finite images, whose squares are not.
    await expect(after([1e30, -1e30])).rejects.toThrow(
      new ConfigError(
        "recomputeStatistics: model must give batch norm 'first' an input of finite mean and " +
          'variance, got one that is not finite from batch 1',
      ),
    );
    expect(statistics(model, 'second').map((values) => [...values])).toEqual(old);
    model.dispose();
  });

  it('refuses a model without batch norm, and a pass without images', async () => {
    const plain = tf.sequential({ layers: [tf.layers.reLU({ inputShape: SHAPE })] });
    await expect(recomputeStatistics(plain, [batchOf(1, 1)])).rejects.toThrow(
      'recomputeStatistics: model must have a batch norm, got none',
    );
    await expect(recomputeStatistics(network(), [])).rejects.toThrow(
      new ConfigError('recomputeStatistics: batches must hold at least one image, got none'),
    );
    await expect(recomputeStatistics(network(), [batchOf(1, 1)], { images: 0 })).rejects.toThrow(
      'recomputeStatistics: images must be an integer',
    );
  });
});
