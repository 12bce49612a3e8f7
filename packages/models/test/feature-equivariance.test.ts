import { useBackend } from '@ds/backend';
import { BlurPool, FlcPool, PolynomialActivation } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { featureEquivariance, resnet18 } from '../src/index.js';

const FLOAT32 = 1e-5;

/** The layers in order, on images of 6×6 with 2 channels. */
function modelOf(...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape: [6, 6, 2] });
  const output = layers.reduce(
    (x, layer) => layer.apply(x) as tf.SymbolicTensor,
    input as tf.SymbolicTensor,
  );
  return tf.model({ inputs: input, outputs: output });
}

const pixelwise = () =>
  tf.layers.conv2d({
    name: 'pixelwise',
    filters: 2,
    kernelSize: 1,
    kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
  });
const mean = () => tf.layers.globalAveragePooling2d({ name: 'mean' });

async function errorsOf(model: tf.LayersModel, shifts: [number, number][]) {
  const images = unitTensor(1, [2, 6, 6, 2]) as tf.Tensor4D;
  const rows = await featureEquivariance(model, images, shifts);
  images.dispose();
  return Object.fromEntries(rows.map(({ layer, errors }) => [layer, errors]));
}

beforeAll(() => useBackend('cpu'));

describe('featureEquivariance', () => {
  it('is 0 for pixelwise layers and whole pixels', async () => {
    const model = modelOf(pixelwise(), tf.layers.reLU({ name: 'relu' }), mean());
    const found = await errorsOf(model, [
      [0, 0],
      [1, -2],
    ]);
    expect(Object.keys(found)).toEqual(['pixelwise', 'relu', 'mean']);
    for (const error of Object.values(found).flat()) expect(error).toBeLessThan(FLOAT32);
  });

  it('is 0 for convolutions at fractions of a pixel, and not for a ReLU', async () => {
    const model = modelOf(pixelwise(), tf.layers.reLU({ name: 'relu' }), mean());
    const { pixelwise: linear, relu } = await errorsOf(model, [[0.4, -1.7]]);
    expect(linear![0]).toBeLessThan(FLOAT32);
    expect(relu![0]).toBeGreaterThan(1e-2);
  });

  it('is 0 for a polynomial and an ideal pooling, whose map shifts by less', async () => {
    // The pooled map has three rows, so no frequency is half a period.
    const model = modelOf(
      new PolynomialActivation({ name: 'polynomial' }),
      new FlcPool({ name: 'flc' }),
      mean(),
    );
    const found = await errorsOf(model, [[0.4, -1.7]]);
    for (const error of Object.values(found).flat()) expect(error).toBeLessThan(FLOAT32);
  });

  it('is large for subsampling by one pixel, and 0 by its stride', async () => {
    const model = modelOf(new BlurPool({ name: 'subsample', filterSize: 1 }));
    const { subsample } = await errorsOf(model, [
      [1, 0],
      [2, 4],
    ]);
    expect(subsample![0]).toBeGreaterThan(0.5);
    expect(subsample![1]).toBeLessThan(FLOAT32);
  });

  it('equals the definition by hand', async () => {
    const images = unitTensor(1, [1, 6, 6, 2]) as tf.Tensor4D;
    // One pixel down, and zeros above the border.
    const padded = modelOf(
      tf.layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 0],
        ],
      }),
      tf.layers.cropping2D({
        name: 'crop',
        cropping: [
          [0, 1],
          [0, 0],
        ],
      }),
      tf.layers.reLU({ name: 'moved' }),
    );
    const want = tf.tidy(() => {
      const rolled = tf.concat(
        [tf.slice(images, [0, 5, 0, 0], [1, 1, 6, 2]), tf.slice(images, 0, [1, 5, 6, 2])],
        1,
      );
      const ofMoved = padded.predict(rolled) as tf.Tensor;
      const map = padded.predict(images) as tf.Tensor;
      const moved = tf.concat(
        [tf.slice(map, [0, 5, 0, 0], [1, 1, 6, 2]), tf.slice(map, 0, [1, 5, 6, 2])],
        1,
      );
      return tf.div(tf.norm(tf.sub(ofMoved, moved)), tf.norm(map)).dataSync()[0]!;
    });
    const rows = await featureEquivariance(padded, images, [[1, 0]]);
    // Layers at the border have no row.
    expect(rows.map(({ layer }) => layer)).toEqual(['moved']);
    expect(relativeError([rows[0]!.errors[0]!], [want])).toBeLessThan(1e-4);
    expect(want).toBeGreaterThan(0.1);
    images.dispose();
  });

  it('lists both branches of a residual network, and leaves no tensor', async () => {
    const model = resnet18({ inputShape: [4, 4, 2], classes: 2, width: 1, pooling: 'aps' });
    const images = unitTensor(1, [1, 4, 4, 2]) as tf.Tensor4D;
    const before = tf.memory().numTensors;
    const rows = await featureEquivariance(model, images, [[1, 1]]);
    expect(tf.memory().numTensors).toBe(before);
    expect(rows.filter(({ layer }) => layer === 'stage2.block0.pool')).toHaveLength(2);
    expect(rows.at(-1)).toMatchObject({ layer: 'dense', outputShape: [2] });
    images.dispose();
  });

  it('names what is wrong', async () => {
    const model = modelOf(tf.layers.reLU());
    const images = unitTensor(1, [1, 6, 6, 2]) as tf.Tensor4D;
    await expect(featureEquivariance(model, images, [[1, Number.NaN]])).rejects.toThrow(
      'featureEquivariance: shifts[0]',
    );
    await expect(
      featureEquivariance(model, tf.ones([1, 5, 6, 2]) as tf.Tensor4D, [[1, 0]]),
    ).rejects.toThrow(
      "featureEquivariance: images must have the shape of the model's input, [null, 6, 6, 2], " +
        'got [1,5,6,2]',
    );
    const first = modelOf(
      tf.layers.maxPooling2d({ name: 'pool', poolSize: 1, dataFormat: 'channelsFirst' }),
    );
    await expect(featureEquivariance(first, images, [[0, 0]])).rejects.toThrow(
      "featureEquivariance: model must have no layer with dataFormat 'channelsFirst', got pool",
    );
    images.dispose();
  });
});
