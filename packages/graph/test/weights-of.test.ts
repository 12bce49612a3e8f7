import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightsOf } from '../src/index.js';

describe('weightsOf', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('lists the same weights as tfjs if no layer is in two models', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 2, inputShape: [3] }),
        tf.layers.batchNormalization(),
        tf.layers.dense({ units: 1, trainable: false }),
      ],
    });
    expect(weightsOf(model)).toEqual({
      trained: model.trainableWeights,
      untrained: model.nonTrainableWeights,
    });
  });

  it('lists weights once if a layer is in a model and in its nested model', () => {
    const shared = tf.layers.dense({ units: 2 });
    const normal = tf.layers.batchNormalization();
    const twice = (x: tf.SymbolicTensor) =>
      normal.apply(shared.apply(x) as tf.SymbolicTensor) as tf.SymbolicTensor;
    const inside = tf.input({ shape: [2] });
    const nested = tf.model({ inputs: inside, outputs: twice(inside) });
    const input = tf.input({ shape: [2] });
    const outputs = twice(nested.apply(input) as tf.SymbolicTensor);
    const model = tf.model({ inputs: input, outputs });
    expect(model.trainableWeights).toHaveLength(8);
    const { trained, untrained } = weightsOf(model);
    expect(new Set(trained)).toEqual(
      new Set([...shared.trainableWeights, ...normal.trainableWeights]),
    );
    expect([trained.length, untrained.length]).toEqual([4, 2]);
  });
});
