import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

/** Two convolutions without bias, with weights that do not depend on the backend. */
function twoConvolutions(dataFormat: 'channelsFirst' | 'channelsLast'): tf.LayersModel {
  const shape = dataFormat === 'channelsFirst' ? [2, 9, 8] : [9, 8, 2];
  const one = { kernelSize: 3, useBias: false, dataFormat };
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ ...one, filters: 3, strides: 2, padding: 'same', inputShape: shape }),
      tf.layers.conv2d({ ...one, filters: 4, activation: 'linear' }),
    ],
  });
  model.setWeights(model.getWeights().map((weight, i) => unitTensor(i + 1, weight.shape)));
  return model;
}

const loss = (model: tf.LayersModel, images: tf.Tensor): tf.Scalar =>
  tf.sum(tf.square(model.apply(images, { training: true }) as tf.Tensor));

/** The gradients of the weights and of the images. */
function gradients(model: tf.LayersModel, images: tf.Tensor): Float32Array[] {
  return tf.tidy(() => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(() => loss(model, images), variables);
    const ofImages = tf.grad((x) => loss(model, x))(images);
    return [...variables.map(({ name }) => grads[name]!), ofImages].map(
      (tensor) => tensor.dataSync() as Float32Array,
    );
  });
}

describe.each(['channelsLast', 'channelsFirst'] as const)('convolutions, %s', (dataFormat) => {
  let expected: Float32Array[];
  let images: tf.Tensor;
  let model: tf.LayersModel;

  beforeAll(async () => {
    await useBackend('cpu');
    // cpu has no channels first, so the images and the result are turned round there.
    const last = twoConvolutions('channelsLast');
    const onCpu = unitTensor(7, [2, 9, 8, 2]);
    expected = gradients(last, onCpu);
    const values = onCpu.dataSync();
    await useBackend('wasm');
    images = tf.tensor(values, [2, 9, 8, 2]);
    if (dataFormat === 'channelsFirst') images = tf.transpose(images, [0, 3, 1, 2]);
    model = twoConvolutions(dataFormat);
  });
  afterAll(() => {
    model.dispose();
    images.dispose();
  });

  it('have the gradients of cpu, also of the images', () => {
    const got = gradients(model, images);
    if (dataFormat === 'channelsFirst') {
      const turned = tf.transpose(tf.tensor(got[2]!, [2, 2, 9, 8]), [0, 2, 3, 1]);
      got[2] = turned.dataSync() as Float32Array;
    }
    for (const [i, values] of got.entries()) {
      expect(relativeError(values, expected[i]!)).toBeLessThan(2e-5);
    }
  });

  it('compute no gradient of the images that nothing reads', async () => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { kernels } = await tf.profile(() => {
      const { value, grads } = tf.variableGrads(() => loss(model, images), variables);
      tf.dispose([value, grads]);
    });
    const count = (name: string) => kernels.filter((kernel) => kernel.name === name).length;
    expect(count('Conv2DBackpropFilter')).toBe(2);
    // That of the second convolution.
    expect(count('Conv2DBackpropInput')).toBe(1);
  });
});

it('without the change, both gradients are computed', async () => {
  await useBackend('wasm', { without: ['wasm/lazy-gradients'] });
  const model = twoConvolutions('channelsLast');
  const images = unitTensor(7, [2, 9, 8, 2]);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { kernels } = await tf.profile(() => {
    const { value, grads } = tf.variableGrads(() => loss(model, images), variables);
    tf.dispose([value, grads]);
  });
  expect(kernels.filter(({ name }) => name === 'Conv2DBackpropInput')).toHaveLength(2);
  await useBackend('wasm');
});
