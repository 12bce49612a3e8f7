import { useBackend } from '@ds/backend';
import { FractionalMaxPool } from '@ds/layers';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  constant,
  NonFiniteLoss,
  sgd,
  type TrainingState,
  type TrainOptions,
  train,
} from '../src/index.js';

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

  it('is blamed on the batch where that is it, and on its file', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const spoiled = () => ({
      ...batchOf(1),
      images: tf.tensor2d([1, 1, 1, 1, Number.NaN, 1], [2, 3]),
      files: ['a.wav', 'b.wav'],
    });
    const { place, message } = await failure(model, {
      ...basic(),
      batches: () => [batchOf(1), spoiled()],
    });
    expect(place).toMatchObject({ epoch: 0, step: 1, learningRate: 0.5, batch: 1 });
    expect(place).toMatchObject({ source: 'images', layer: null, image: 1, file: 'b.wav' });
    expect(message).toContain(
      'in epoch 0, step 1, at learning rate 0.5; ' +
        'batch 1 itself is not finite, first of all image 1 (b.wav)',
    );
    tf.dispose(spoiled());
    model.dispose();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
  });

  it('is blamed on its own batch where several are read together', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const { place, message } = await failure(model, {
      ...basic(),
      readEvery: 5,
      batches: () => [1, 1, Number.POSITIVE_INFINITY, 1].map(batchOf),
    });
    expect(place).toMatchObject({ epoch: 0, step: 2, batch: 2, source: 'images', image: 0 });
    expect(message).toContain('in epoch 0, step 2,');
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('is reported if the last batch that is read with it has no images', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [6, 6, 1] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const batch = (images: number) => ({
      images: tf.ones([images, 6, 6, 1]),
      labels: tf.oneHot(tf.zeros([images], 'int32'), 2) as tf.Tensor2D,
    });
    const { place } = await failure(model, {
      ...basic(),
      readEvery: 2,
      penalty: () => tf.scalar(Number.NaN),
      batches: () => [batch(2), batch(0)],
    });
    expect(place).toMatchObject({ step: 0, batch: 0, source: 'loss', layer: null });
    model.dispose();
  });

  it('need not be seen in the loss: a layer may hide what is not finite', async () => {
    const model = tf.sequential({
      layers: [
        // On every backend this turns −∞ into 0.
        tf.layers.activation({ activation: 'relu', inputShape: [3] }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    for (const readEvery of [1, 3]) {
      const { place, message } = await failure(model, {
        ...basic(),
        readEvery,
        batches: () => [1, Number.NEGATIVE_INFINITY].map(batchOf),
      });
      expect(place).toMatchObject({ source: 'images', batch: 1, step: 1 });
      expect(place.loss).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(message).toContain('train: images must be finite, got a value that is not in epoch 0');
    }
    model.dispose();
  });

  it('is blamed on labels that are not finite', async () => {
    const model = network();
    const labels = tf.tensor2d([1, 0, 0, Number.NaN], [2, 2]);
    const { place } = await failure(model, {
      ...basic(),
      batches: () => [{ images: tf.ones([2, 3]), labels }],
    });
    expect(place).toMatchObject({ source: 'labels', layer: null, image: 1 });
    model.dispose();
  });

  it('is blamed on the layer that makes it', async () => {
    const model = network();
    // 3 · 1e38 and more is beyond float32 after the second layer only.
    const { place } = await failure(model, { ...basic(), batches: () => [batchOf(6e37)] });
    expect(place).toMatchObject({ layer: 'last', source: 'output', step: 0 });
    model.dispose();
  });

  it('is blamed on the layer that makes it in a nested model', async () => {
    const [plain, input] = [0, 1].map(() => tf.input({ shape: [3] })) as tf.SymbolicTensor[];
    const inner = network();
    // The layers of the nested model have places in another model too.
    const other = tf.model({
      inputs: plain!,
      outputs: inner.getLayer('first').apply(plain!) as tf.SymbolicTensor,
    });
    const head = tf.layers.dense({ name: 'head', units: 2, kernelInitializer: 'zeros' });
    const model = tf.model({
      inputs: input!,
      outputs: head.apply(inner.apply(input!)) as tf.SymbolicTensor,
    });
    const before = tf.memory().numTensors;
    const { place, message } = await failure(model, {
      ...basic(),
      batches: () => [batchOf(1), batchOf(6e37)],
    });
    expect(place).toMatchObject({ layer: `${inner.name}/last`, source: 'output', step: 1 });
    expect(message).toContain(`the first output that is not finite is of layer '${place.layer}'`);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
    other.dispose();
  });

  it('is blamed on the cell that makes it in a recurrent layer', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.reshape({ targetShape: [1, 3], inputShape: [3] }),
        tf.layers.simpleRNN({
          name: 'memory',
          units: 2,
          activation: 'linear',
          kernelInitializer: tf.initializers.constant({ value: 3 }),
        }),
      ],
    });
    const { place } = await failure(model, { ...basic(), batches: () => [batchOf(6e37)] });
    expect(place).toMatchObject({ source: 'output', step: 0 });
    expect(place.layer).toMatch(/^memory\//);
    model.dispose();
  });

  it('is blamed on a weight that is not finite', async () => {
    const model = network();
    model.getLayer('last').setWeights([tf.fill([2, 2], Number.NaN), tf.zeros([2])]);
    const { place } = await failure(model, { ...basic(), batches: () => [batchOf(1)] });
    expect(place).toMatchObject({ layer: 'last', source: 'weight' });
    model.dispose();
  });

  it('is blamed on a weight that its layer refuses, as poolings do with strides', async () => {
    const model = network();
    const last = model.getLayer('last');
    last.setWeights([tf.fill([2, 2], Number.NaN), tf.zeros([2])]);
    const refusal = new Error('last: the kernel must be finite');
    last.call = () => {
      throw refusal;
    };
    const error = await failure(model, { ...basic(), batches: () => [batchOf(1)] });
    expect(error.place).toMatchObject({ layer: 'last', source: 'weight', step: 0 });
    expect(error.cause).toBe(refusal);
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

  it.each([1, 2, 3])(
    'is also that of weights which the last step spoilt, and no state has them: %i steps',
    async (steps) => {
      const model = network();
      const states: TrainingState[] = [];
      const { place, message } = await failure(model, {
        ...basic(),
        readEvery: 2,
        batches: () => Array.from({ length: steps }, () => batchOf(1)),
        // Beyond float32.
        schedule: (step) => (step === steps - 1 ? 1e39 : 0.1),
        checkpoints: { every: 1, save: async (state) => void states.push(state) },
      });
      expect(place).toMatchObject({ step: steps - 1, source: 'weight', layer: 'first' });
      expect(message).toMatch(/^train: weight must be finite, got a value that is not in epoch 0/);
      expect(states.map(({ step }) => step)).toEqual(
        Array.from({ length: steps - 1 }, (_, i) => i + 1),
      );
      model.dispose();
    },
  );

  it('says that no output was searched if the images of its step are gone', async () => {
    const model = network();
    let steps = 0;
    const options: TrainOptions = {
      ...basic(),
      readEvery: 2,
      batches: () => [batchOf(1), batchOf(1)],
      // Only the first step is not finite. Its gradients are.
      penalty: () => tf.scalar(steps++ === 0 ? Number.POSITIVE_INFINITY : 0),
    };
    const { place, message } = await failure(model, options);
    expect(place).toMatchObject({ step: 0, layer: null, source: 'loss', weightsOnly: true });
    expect(message).toContain('its images are gone, so no layer’s output was searched');
    model.dispose();
  });

  describe('leaves what a forward pass changes', () => {
    /** A model that draws at random, and has statistics after a layer that may overflow. */
    function normalized() {
      const pool = new FractionalMaxPool({
        ratio: 1.5,
        pseudoRandom: true,
        seed: 1,
        inputShape: [6, 6, 1],
      });
      const kernelInitializer = tf.initializers.constant({ value: 4 });
      const model = tf.sequential({
        layers: [
          pool as tf.layers.Layer,
          tf.layers.conv2d({ name: 'conv', filters: 2, kernelSize: 1, kernelInitializer }),
          tf.layers.batchNormalization({ name: 'norm' }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 2 }),
        ],
      });
      const state = () => ({
        draws: pool.draws,
        weights: model.getWeights().map((weight) => [...weight.dataSync()]),
      });
      return { model, state };
    }

    const square = (value: number) => ({
      images: tf.fill([2, 6, 6, 1], value),
      labels: tf.tensor2d([1, 0, 0, 1], [2, 2]),
    });

    it.each([
      ['images', [1, Number.NaN], null],
      ['output', [1, 2e38], 'conv'],
      ['loss', [1, 1], null],
    ] as const)('as it was before the step: %s', async (source, values, layer) => {
      const { model, state } = normalized();
      const before = tf.memory().numTensors;
      let penalties = 0;
      let good: ReturnType<typeof state> | undefined;
      const { place } = await failure(model, {
        ...basic(),
        batches: () => values.map(square),
        penalty: () =>
          tf.scalar(source === 'loss' && ++penalties === 2 ? Number.POSITIVE_INFINITY : 0),
        onEvent: () => {
          good = state();
        },
      });
      expect(place).toMatchObject({ source, layer, step: 1 });
      expect(good!.draws).toBeGreaterThan(0);
      expect(state()).toEqual(good);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });

    it('as the steps left it, if several are read together', async () => {
      const { model, state } = normalized();
      const draws = async (steps: number, penalty: number) => {
        const from = state().draws;
        const run = train(model, {
          ...basic(),
          readEvery: 3,
          batches: () => Array.from({ length: steps }, () => square(1)),
          penalty: () => tf.scalar(penalty),
        });
        await run.catch((error) => expect(error).toBeInstanceOf(NonFiniteLoss));
        return state().draws - from;
      };
      expect(await draws(3, Number.POSITIVE_INFINITY)).toBe(await draws(3, 0));
      model.dispose();
    });
  });
});
