import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

const EPSILON = 1e-3;

/** Shapes and the axis of the statistics. */
const CASES: [shape: number[], axis: number][] = [
  [[2, 3, 4, 5], 1],
  [[2, 3, 4, 5], 2],
  [[2, 5, 3, 3], 1],
  [[2, 3, 4], 1],
  [[1, 7, 1, 1], 1],
  [[2, 3, 4, 5], 3],
];

/** The index along an axis of each value. */
function placesAlong(shape: number[], axis: number): number[] {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, i) => Math.floor(i / inner) % shape[axis]!);
}

describe.each(BACKENDS)('batch norm on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)('%j, axis %i: inference and training match the definition', (shape, axis) => {
    tf.tidy(() => {
      const size = shape[axis]!;
      const layer = tf.layers.batchNormalization({ axis });
      layer.build([null, ...shape.slice(1)]);
      const [gamma, beta, mean] = [1, 2, 3].map((seed) => unitTensor(seed, [size]));
      const variance = tf.add(tf.abs(unitTensor(4, [size])), 0.1);
      layer.setWeights([gamma!, beta!, mean!, variance]);
      const x = unitTensor(5, shape);
      const values = [...x.dataSync()];
      const at = placesAlong(shape, axis);
      const [g, b] = [gamma!.dataSync(), beta!.dataSync()];
      const normal = (means: ArrayLike<number>, spreads: ArrayLike<number>) =>
        values.map((value, i) => {
          const c = at[i]!;
          return ((value - means[c]!) / Math.sqrt(spreads[c]! + EPSILON)) * g[c]! + b[c]!;
        });
      const inference = layer.apply(x) as tf.Tensor;
      expect(
        relativeError(inference.dataSync(), normal(mean!.dataSync(), variance.dataSync())),
      ).toBeLessThan(1e-5);
      const groups = Array.from({ length: size }, (_, c) => values.filter((_, i) => at[i] === c));
      const means = groups.map((group) => group.reduce((sum, one) => sum + one, 0) / group.length);
      const spreads = groups.map(
        (group, c) => group.reduce((sum, one) => sum + (one - means[c]!) ** 2, 0) / group.length,
      );
      const training = layer.apply(x, { training: true }) as tf.Tensor;
      expect(relativeError(training.dataSync(), normal(means, spreads))).toBeLessThan(1e-4);
    });
  });

  it.each(CASES)('%j, axis %i: all gradients are those of the formula', (shape, axis) => {
    tf.tidy(() => {
      const size = shape[axis]!;
      const broadcast = shape.map((_, at) => (at === axis ? size : 1));
      const x = unitTensor(1, shape);
      const [mean, offset, scale] = [2, 3, 4].map((seed) => unitTensor(seed, broadcast));
      const variance = tf.add(tf.abs(unitTensor(5, broadcast)), 0.5);
      const dy = unitTensor(6, shape);
      const op = (...[x, mean, variance, offset, scale]: tf.Tensor[]) =>
        tf.batchNorm(
          x!,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          EPSILON,
        );
      const formula = (...[x, mean, variance, offset, scale]: tf.Tensor[]) =>
        tf.add(
          tf.mul(tf.mul(tf.sub(x!, mean!), tf.rsqrt(tf.add(variance!, EPSILON))), scale!),
          offset!,
        );
      const inputs = [x, mean!, variance, offset!, scale!];
      const got = tf.grads(op)(inputs, dy);
      const want = tf.grads(formula)(inputs, dy);
      for (const [i, gradient] of got.entries()) {
        expect(gradient.shape).toEqual(inputs[i]!.shape);
        expect(relativeError(gradient.dataSync(), want[i]!.dataSync())).toBeLessThan(1e-5);
      }
      expect(leakedTensors(() => tf.dispose(tf.grads(op)(inputs, dy)))).toBe(0);
    });
  });

  it('trains a network with channels first as one with channels last', async () => {
    const image = unitTensor(1, [4, 5, 6, 3]);
    const labels = tf.tensor2d([0, 1, 1, 0], [4, 1]);
    const networks = ['channelsLast', 'channelsFirst'].map((dataFormat) => {
      const isLast = dataFormat === 'channelsLast';
      const seeded = tf.initializers.glorotUniform({ seed: 2 });
      const model = tf.sequential({
        layers: [
          tf.layers.inputLayer({ inputShape: isLast ? [5, 6, 3] : [3, 5, 6] }),
          tf.layers.batchNormalization({ axis: isLast ? -1 : 1 }),
          tf.layers.globalAveragePooling2d({ dataFormat: dataFormat as 'channelsLast' }),
          tf.layers.dense({ units: 1, kernelInitializer: seeded }),
        ],
      });
      model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
      return { model, x: isLast ? image : tf.transpose(image, [0, 3, 1, 2]) };
    });
    const found: number[] = [];
    for (const { model, x } of networks) {
      for (let step = 0; step < 3; step++) await model.trainOnBatch(x, labels);
      found.push((await model.trainOnBatch(x, labels)) as number);
      model.dispose();
    }
    expect(found[1]).toBeCloseTo(found[0]!, 5);
    tf.dispose([image, labels, networks.map(({ x }) => x)]);
  });
});
