import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, NonFiniteLoss, sgd, type TrainOptions, train } from '../src/index.js';

/** A batch of two images, filled with one value. */
const batchOf = (value: number) => ({
  images: tf.fill([2, 3], value),
  labels: tf.tensor2d([
    [1, 0],
    [0, 1],
  ]),
});

function network(): tf.LayersModel {
  const dense = (name: string) =>
    tf.layers.dense({ name, units: 2, kernelInitializer: 'ones', activation: 'relu' });
  return tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: [3], name: 'in' }), dense('first'), dense('last')],
  });
}

const basic = (): Omit<TrainOptions, 'batches'> => ({
  epochs: 1,
  readEvery: 1,
  optimizer: sgd({ momentum: 0 }),
  schedule: constant(0.5),
});

/** What training fails with. */
async function failure(model: tf.LayersModel, options: TrainOptions): Promise<NonFiniteLoss> {
  const error = await train(model, options).then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(NonFiniteLoss);
  return error;
}

describe.each(BACKENDS)('a loss that is not finite, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is blamed on the input where that is it', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const { place, message } = await failure(model, {
      ...basic(),
      batches: () => [batchOf(1), batchOf(Number.NaN)],
    });
    expect(place).toMatchObject({ epoch: 0, step: 1, learningRate: 0.5, source: 'output' });
    expect(place.layer).toBe(model.layers[0]!.name);
    expect(message).toContain(
      `in epoch 0, step 1, at learning rate 0.5; the first output that is not finite is of layer '${place.layer}'`,
    );
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('is blamed on its own step where several are read together', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const { place, message } = await failure(model, {
      ...basic(),
      readEvery: 5,
      batches: () => [1, 1, Number.NaN, 1].map(batchOf),
    });
    expect(place).toMatchObject({ epoch: 0, step: 2, source: 'weight' });
    expect(message).toContain('in epoch 0, step 2,');
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('is blamed on the layer that makes it', async () => {
    const model = network();
    // 3 · 1e38 and more is beyond float32 after the second layer only.
    const { place } = await failure(model, { ...basic(), batches: () => [batchOf(6e37)] });
    expect(place).toMatchObject({ layer: 'last', source: 'output', step: 0 });
    model.dispose();
  });

  it('is blamed on a weight that is not finite', async () => {
    const model = network();
    model.getLayer('last').setWeights([tf.fill([2, 2], Number.NaN), tf.zeros([2])]);
    const { place } = await failure(model, { ...basic(), batches: () => [batchOf(1)] });
    expect(place).toMatchObject({ layer: 'last', source: 'weight' });
    model.dispose();
  });

  it('is blamed on the penalty when the network is well', async () => {
    const model = network();
    const { place, message } = await failure(model, {
      ...basic(),
      batches: () => [batchOf(1)],
      penalty: () => tf.scalar(Number.POSITIVE_INFINITY),
    });
    expect(place).toMatchObject({ layer: null, source: 'loss' });
    expect(message).toContain('it is the loss or a penalty');
    model.dispose();
  });
});
