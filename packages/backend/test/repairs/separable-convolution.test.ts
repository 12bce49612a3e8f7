import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

/** A model with random weights, its bias included. */
function modelOf(dataFormat: 'channelsFirst' | 'channelsLast', height: number): tf.LayersModel {
  const layer = tf.layers.separableConv2d({
    filters: 3,
    kernelSize: 2,
    strides: [1, 2],
    padding: 'same',
    activation: 'tanh',
    dataFormat,
  });
  const inputShape = dataFormat === 'channelsFirst' ? [2, height, 5] : [height, 5, 2];
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape }), layer] });
  model.setWeights(model.getWeights().map(({ shape }, at) => unitTensor(at + 1, shape)));
  return model;
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  // As high as there are filters, higher, and of one row: tfjs adds a bias of 3 to all of them.
  it.each([3, 4, 1])(
    'gives images of height %i the numbers of the same, channels last',
    (height) => {
      const [first, last] = [modelOf('channelsFirst', height), modelOf('channelsLast', height)];
      const x = unitTensor(7, [2, height, 5, 2]);
      const loss =
        (model: tf.LayersModel, order: number[], back: number[]) => (images: tf.Tensor) => {
          const y = model.apply(tf.transpose(images, order)) as tf.Tensor;
          return tf.sum(tf.square(tf.add(tf.transpose(y, back), 0.5)));
        };
      const step = (f: (images: tf.Tensor) => tf.Tensor) =>
        tf.tidy(() => {
          const { value, grad } = tf.valueAndGrad(f as (x: tf.Tensor) => tf.Scalar)(x);
          return [value, grad].flatMap((tensor) => [...tensor.dataSync()]);
        });
      const made = () => step(loss(first, [0, 3, 1, 2], [0, 2, 3, 1]));
      const wanted = step(loss(last, [0, 1, 2, 3], [0, 1, 2, 3]));
      expect(relativeError(made(), wanted)).toBeLessThan(1e-5);
      expect(first.outputs[0]!.shape).toEqual([null, 3, height, 3]);
      expect(leakedTensors(() => void made())).toBe(0);
      for (const model of [first, last]) model.dispose();
      x.dispose();
    },
  );
});
