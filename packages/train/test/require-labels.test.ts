import { ConfigError } from '@ds/checks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, evaluate, recomputeStatistics, sgd, train } from '../src/index.js';

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

describe('texts and complex numbers', () => {
  beforeAll(() => tf.setBackend('cpu'));

  const real = () => ({
    images: tf.ones([2, 4, 4, 1]),
    labels: tf.tensor2d([1, 0, 0, 1], [2, 2]),
  });
  const complex = ({ shape }: tf.Tensor) =>
    tf.tidy(() => tf.complex(tf.ones(shape), tf.ones(shape)));

  it.each(['images', 'labels'] as const)('are refused as %s without a leak', async (part) => {
    const input = tf.input({ shape: [4, 4, 1] });
    const flat = tf.layers.flatten().apply(tf.layers.batchNormalization().apply(input));
    const outputs = tf.layers.dense({ units: 2 }).apply(flat) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs });
    const optimizer = sgd();
    const { numTensors } = tf.memory();
    for (const made of [(x: tf.Tensor) => tf.fill(x.shape, 'a'), complex]) {
      const batches = function* () {
        const batch = real();
        const other = made(batch[part]);
        batch[part].dispose();
        yield { ...batch, [part]: other } as ReturnType<typeof real>;
      };
      const options = { batches, epochs: 1, optimizer, schedule: constant(0.1) };
      const rule = `${part} must be float32, int32 or bool, got `;
      await expect(train(model, options)).rejects.toThrow(`train: ${rule}`);
      await expect(evaluate(model, batches())).rejects.toThrow(`evaluate: ${rule}`);
      if (part === 'images') {
        await expect(recomputeStatistics(model, batches())).rejects.toThrow(
          `recomputeStatistics: ${rule}`,
        );
      }
    }
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
  });
});

describe('images that do not fit', () => {
  beforeAll(() => tf.setBackend('cpu'));

  /** It takes images of any size, as tfjs does not check. */
  const flexible = () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [6, 8, 1] }),
        tf.layers.batchNormalization(),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 2 }),
      ],
    });

  it.each([[[2, 8, 6, 1]], [[2, 6, 8, 3]], [[2, 6, 8]]])('%j are refused', async (shape) => {
    const model = flexible();
    const optimizer = sgd();
    const batches = () => [{ images: tf.ones(shape), labels: tf.ones<tf.Rank.R2>([2, 2]) }];
    const { numTensors } = tf.memory();
    const rule =
      "images must have the shape of the model's input, [batch, 6, 8, 1], " +
      `got [${shape.join(', ')}]`;
    const options = { batches, epochs: 1, optimizer, schedule: constant(0.1) };
    await expect(train(model, options)).rejects.toThrow(new ConfigError(`train: ${rule}`));
    const made = function* () {
      yield* batches();
    };
    await expect(evaluate(model, made())).rejects.toThrow(new ConfigError(`evaluate: ${rule}`));
    await expect(recomputeStatistics(model, made())).rejects.toThrow(
      new ConfigError(`recomputeStatistics: ${rule}`),
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
  });

  it('may have any size where the model has none', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [null, null, 1] }),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const labels = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    const batch = { images: tf.ones([2, 5, 4, 1]), labels };
    expect((await evaluate(model, [batch])).count).toBe(2);
    model.dispose();
  });

  it.each([
    [[6, 6, 2], 'model must return logits [images, classes], got [any, 6, 6, 2]', undefined],
    [[1], "losses[0] must be 'binaryCrossEntropy' for one class, got undefined", undefined],
    [[1], null, ['binaryCrossEntropy' as const]],
  ])('an output of %j: %s', async (shape, rule, losses) => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: shape.reduce((all, side) => all * side, 1), inputShape: [3] }),
        tf.layers.reshape({ targetShape: shape }),
      ],
    });
    const batch = { images: tf.ones([2, 3]), labels: tf.ones<tf.Rank.R2>([2, 1]) };
    const found = evaluate(model, [batch], { losses });
    const options = { epochs: 1, optimizer: sgd(), schedule: constant(0.1), losses };
    const trained = train(model, { ...options, batches: () => [batch] });
    if (rule === null) {
      expect((await found).count).toBe(2);
      expect((await trained).steps).toBe(1);
    } else {
      await expect(found).rejects.toThrow(new ConfigError(`evaluate: ${rule}`));
      await expect(trained).rejects.toThrow(new ConfigError(`train: ${rule}`));
    }
    model.dispose();
  });
});
