import { DiffStride } from '@ds/layers';
import { roundedPoolings } from '@ds/models';
import { constant, sgd, train } from '@ds/train';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { roundedNetwork } from '../../src/network/rounded-network.js';

beforeAll(() => tf.setBackend('cpu'));

const SHAPE: [number, number, number] = [9, 8, 2];

function modelOf(pool: tf.layers.Layer): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: SHAPE }),
      pool,
      tf.layers.batchNormalization({ momentum: 0.5 }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 2 }),
    ],
  });
}

const batchOf = (seed: number) => ({
  images: tf.randomNormal([6, ...SHAPE], 1, 2, 'float32', seed),
  labels: tf.oneHot([0, 1, 0, 1, 0, 1], 2) as tf.Tensor2D,
});

async function trained(pool: tf.layers.Layer): Promise<tf.LayersModel> {
  const model = modelOf(pool);
  await train(model, {
    batches: () => [batchOf(1)],
    epochs: 1,
    optimizer: sgd(),
    schedule: constant(0.1),
  });
  return model;
}

const varianceOf = (model: tf.LayersModel) => [
  ...model.layers
    .find((one) => one.getClassName() === 'BatchNormalization')!
    .getWeights()[3]!
    .dataSync(),
];

it('keeps the statistics of a network in which no pooling is rounded', async () => {
  const model = await trained(tf.layers.maxPooling2d({ poolSize: 2 }));
  const data = { shape: SHAPE, train: () => [batchOf(2)] };
  const { network, statisticsImages } = await roundedNetwork(model, data);
  expect(statisticsImages).toBe(0);
  expect(varianceOf(network)).toEqual(varianceOf(model));
});

it('recomputes those of a network with rounded strides', async () => {
  const model = await trained(new DiffStride({ strides: [2.3, 1.8], smoothness: 1 }));
  const data = { shape: SHAPE, train: () => [batchOf(2)] };
  const { network, statisticsImages } = await roundedNetwork(model, data);
  expect(roundedPoolings(network)).toHaveLength(1);
  expect(statisticsImages).toBe(6);
  expect(varianceOf(network)).not.toEqual(varianceOf(model));
});
