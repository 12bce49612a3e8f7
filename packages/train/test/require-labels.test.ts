import { ConfigError } from '@ds/checks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, evaluate, sgd, train } from '../src/index.js';

/**
 * A convolution and a head for each of these numbers of classes. The gradient of the convolution
 * needs its input.
 */
function network(classes: number[]): tf.LayersModel {
  const input = tf.input({ shape: [4, 4, 1] });
  const map = tf.layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }).apply(input);
  const flat = tf.layers.flatten().apply(map) as tf.SymbolicTensor;
  const outputs = classes.map((units) => tf.layers.dense({ units }).apply(flat));
  return tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor[] });
}

describe('labels that do not fit', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each([
    [[3], [[2, 2]], 'labels must have the shape [images, classes] = [2, 3], got [2, 2]'],
    [[3], [[3, 3]], 'labels must have the shape [images, classes] = [2, 3], got [3, 3]'],
    [[3], [[2]], 'labels must have the shape [images, classes] = [2, 3], got [2]'],
    [
      [3, 2],
      [
        [2, 3],
        [2, 3],
      ],
      'labels[1] must have the shape [images, classes] = [2, 2], got [2, 3]',
    ],
    [[3, 2], [[2, 3]], "labels must be one tensor for each of the model's 2 outputs, got 1"],
  ])('outputs of %j, labels of %j: are refused without a leak', async (classes, shapes, rule) => {
    const model = network(classes);
    const optimizer = sgd({ momentum: 0.9 });
    const batches = function* () {
      yield {
        images: tf.ones([2, 4, 4, 1]),
        labels: shapes.map((shape) => tf.ones<tf.Rank.R2>(shape as [number, number])),
      };
    };
    const { numTensors } = tf.memory();
    const options = { batches, epochs: 1, optimizer, schedule: constant(0.1) };
    await expect(train(model, options)).rejects.toThrow(new ConfigError(`train: ${rule}`));
    await expect(evaluate(model, batches())).rejects.toThrow(new ConfigError(`evaluate: ${rule}`));
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
  });
});
