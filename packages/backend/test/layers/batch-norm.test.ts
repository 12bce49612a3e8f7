import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

/** A network with batch norm and ReLU, with weights that are not zero. */
function network(): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3 }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1 }),
    ],
  });
  model.setWeights(
    model.getWeights().map(({ shape }, i) => tf.add(unitTensor(i + 1, shape), 0.75)),
  );
  return model;
}

/** The penalty on the gradient of a critic in its pictures, as in WGAN-GP. */
function penalty(model: tf.LayersModel, x: tf.Tensor): tf.Scalar {
  const slope = tf.grad((y) => tf.sum(model.apply(y, { training: true }) as tf.Tensor))(x);
  const norm = tf.sqrt(tf.sum(tf.square(slope), [1, 2, 3]));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}

/** The penalty, and its gradients in the weights and in the pictures. */
function penaltyAndGradients(model: tf.LayersModel): Float32Array[] {
  return tf.tidy(() => {
    const x = unitTensor(20, [4, 6, 6, 2]);
    const { value, grads } = tf.variableGrads(() => penalty(model, x));
    const inPictures = tf.grad((y) => penalty(model, y))(x);
    return [value, ...Object.values(grads), inPictures].map((one) => one.dataSync<'float32'>());
  });
}

const others = BACKENDS.filter((name) => name !== 'cpu');

describe.runIf(others.length > 0)('a penalty on a gradient through batch norm and ReLU', () => {
  let want: Float32Array[];
  let model: tf.LayersModel;

  beforeAll(async () => {
    await useBackend('cpu');
    model = network();
    want = penaltyAndGradients(model);
  });

  afterAll(() => model.dispose());

  it.each(others)('has the same gradients on %s as on cpu', async (backend) => {
    await useBackend(backend);
    const got = penaltyAndGradients(model);
    expect(got.length).toBe(want.length);
    // One number for all, since some gradients are 0 but for rounding.
    const flat = (list: Float32Array[]) => list.flatMap((one) => [...one]);
    expect(relativeError(flat(got), flat(want))).toBeLessThan(1e-4);
    expect(leakedTensors(() => void penaltyAndGradients(model))).toBe(0);
  });
});
