import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { budgetLoss } from '../src/index.js';
import { SHAPE, sizeVariables, tinyLearnedResnet, trueCost } from './tiny-learned-resnet.js';

beforeAll(() => useBackend('wasm'));

const scalarOf = (make: () => tf.Scalar) => tf.tidy(() => make().dataSync()[0]!);

describe('budgetLoss', () => {
  it('draws the true cost to the budget while the network learns', () => {
    const model = tinyLearnedResnet();
    const macs = 0.4 * trueCost(model);
    const penalty = budgetLoss(model, macs, { lambda: 2 });
    const optimizer = tf.train.adam(0.02);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const [x, labels] = [unitTensor(1, [3, ...SHAPE]), tf.oneHot([0, 1, 2], 3)];
    const fit = () =>
      tf.losses.softmaxCrossEntropy(
        labels,
        model.apply(x, { training: true }) as tf.Tensor,
      ) as tf.Scalar;
    const first = scalarOf(fit);
    for (let step = 0; step < 24; step++) {
      optimizer.minimize(() => tf.add(fit(), penalty()), false, variables);
    }
    expect(Math.abs(trueCost(model) / macs - 1)).toBeLessThan(0.1);
    expect(scalarOf(fit)).toBeLessThan(first / 2);
    tf.dispose([x, labels]);
    optimizer.dispose();
    model.dispose();
  });

  it('lets a network below the budget grow', () => {
    const model = tinyLearnedResnet(6);
    const macs = 2 * trueCost(model);
    const optimizer = tf.train.adam(0.01);
    const penalty = budgetLoss(model, macs);
    for (let step = 0; step < 40; step++) {
      optimizer.minimize(penalty, false, sizeVariables(model));
    }
    expect(Math.abs(trueCost(model) / macs - 1)).toBeLessThan(0.1);
    optimizer.dispose();
    model.dispose();
  });
});
