import { useBackend } from '@ds/backend';
import { BlurPool } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides, swapDownsampling } from '../src/index.js';

/** A model with what tfjs 4.22.0 leaves out of configurations, or stores wrongly. */
function unsaved(): tf.LayersModel {
  const regularizer = tf.regularizers.l2({ l2: 0.1 });
  return tf.sequential({
    layers: [
      tf.layers.separableConv2d({
        filters: 3,
        kernelSize: 3,
        depthMultiplier: 2,
        inputShape: [9, 8, 2],
      }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthwiseRegularizer: regularizer }),
      new BlurPool({ strides: 2 }),
      tf.layers.conv2d({ filters: 2, kernelSize: 1, strides: 2, trainable: false }),
    ],
  });
}

const COPIES: [string, (model: tf.LayersModel) => tf.LayersModel][] = [
  ['freezeStrides', (model) => freezeStrides(model, [9, 8, 2])],
  ['swapDownsampling', (model) => swapDownsampling(model, 'subsample').model],
];

describe.each(COPIES)('the layers that %s copies', (_, copied) => {
  beforeAll(() => useBackend('cpu'));

  it('keep depth multipliers and regularized kernels, with their numbers', () => {
    const model = unsaved();
    const copy = copied(model);
    tf.tidy(() => {
      const x = unitTensor(2, [2, 9, 8, 2]);
      const [want, got] = [model, copy].map((one) => (one.predict(x) as tf.Tensor).dataSync());
      expect(relativeError(got!, want!)).toBeLessThan(1e-5);
    });
    model.dispose();
    copy.dispose();
  });

  it('are trained as far as those of the model are', () => {
    const model = unsaved();
    const copy = copied(model);
    const last = model.layers.at(-1)!;
    expect(copy.getLayer(last.name).trainable).toBe(false);
    expect(copy.trainableWeights).toHaveLength(model.trainableWeights.length);
    model.dispose();
    copy.dispose();
  });
});
