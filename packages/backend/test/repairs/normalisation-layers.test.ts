import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

const SHAPE = [5, 4, 2];

type Options = { scale?: boolean; center?: boolean };

const LAYERS: [string, (options: Options) => tf.layers.Layer][] = [
  ['BatchNormalization', (options) => tf.layers.batchNormalization(options)],
  // Keras saves the axis as a list.
  [
    'BatchNormalization of a list of axes',
    (options) => tf.layers.batchNormalization({ ...options, axis: [3] as never }),
  ],
  [
    'BatchNormalization of rows',
    (options) => tf.layers.batchNormalization({ ...options, axis: 1 }),
  ],
  ['LayerNormalization', (options) => tf.layers.layerNormalization(options)],
  [
    'LayerNormalization of two axes',
    (options) => tf.layers.layerNormalization({ ...options, axis: [2, 3] }),
  ],
];

/** A model of one layer whose gamma is 1 and whose beta is 0 where it has them as weights. */
function modelOf(layer: tf.layers.Layer): tf.LayersModel {
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: SHAPE }), layer] });
  for (const weight of layer.weights) {
    const { shape, originalName } = weight;
    const fill = (mean: number) => tf.add(tf.mul(unitTensor(5, shape as number[]), 0.3), mean);
    if (originalName.endsWith('gamma')) weight.write(tf.ones(shape as number[]));
    if (originalName.endsWith('moving_mean')) weight.write(fill(0.2));
    if (originalName.endsWith('moving_variance')) weight.write(fill(1.5));
  }
  return model;
}

/** The loss, its gradient in the images, and the moving statistics after it. */
function step(model: tf.LayersModel, training: boolean): number[] {
  return tf.tidy(() => {
    const x = unitTensor(7, [3, ...SHAPE]);
    const loss = (y: tf.Tensor) =>
      tf.sum(tf.square(tf.add(model.apply(y, { training }) as tf.Tensor, 0.5)));
    const { value, grad } = tf.valueAndGrad(loss)(x);
    const statistics = model.weights.filter(({ name }) => name.includes('moving'));
    const read = [value, grad, ...statistics.map((weight) => weight.read())];
    return read.flatMap((tensor) => [...tensor.dataSync()]);
  });
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(LAYERS)('%s', (_name, make) => {
    it.each([[{ scale: false }], [{ center: false }], [{ scale: false, center: false }]])(
      'with %j is one with a scale of 1 and an offset of 0',
      (options) => {
        for (const training of [true, false]) {
          const [whole, part] = [modelOf(make({})), modelOf(make(options))];
          expect(relativeError(step(part, training), step(whole, training))).toBeLessThan(1e-5);
          expect(leakedTensors(() => void step(part, training))).toBe(0);
          for (const model of [whole, part]) model.dispose();
        }
      },
    );
  });
});
