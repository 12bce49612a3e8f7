import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam, constant, evaluate, train } from '../src/index.js';

const IMAGES = [
  [1, 0],
  [0, 1],
  [1, 1],
  [0, 0],
];
// The labels are the inputs, and whether any of them is on.
const LABELS = IMAGES.map(([a, b]) => [a!, b!, Math.max(a!, b!)]);
const batches = () => [{ images: tf.tensor2d(IMAGES), labels: tf.tensor2d(LABELS) }];
const network = () =>
  tf.sequential({
    layers: [tf.layers.dense({ units: 3, inputShape: [2], kernelInitializer: 'zeros' })],
  });
const settings = () => ({
  batches,
  evaluation: batches,
  epochs: 150,
  optimizer: adam(),
  schedule: constant(0.1),
});

describe('a network with several labels for an image', () => {
  beforeAll(() => useBackend('wasm'));

  it('learns them all, and is measured by mAP and AUC', async () => {
    const model = network();
    const { epochs } = await train(model, { ...settings(), losses: ['binaryCrossEntropy'] });
    const { evaluation, accuracy } = epochs.at(-1)!;
    expect(accuracy).toBe(1);
    expect(evaluation).toMatchObject({ accuracy: 1, top5: 1, meanAveragePrecision: 1, auc: 1 });
    expect(evaluation!.loss).toBeLessThan(0.2);
    const single = tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], [4, 3]);
    const plain = await evaluate(model, [{ ...batches()[0]!, labels: single }]);
    expect(plain).not.toHaveProperty('auc');
    model.dispose();
  });

  it('measures a constant network by chance', async () => {
    const model = network();
    const found = await evaluate(model, batches(), { losses: ['binaryCrossEntropy'] });
    expect(found.loss).toBeCloseTo(Math.LN2, 6);
    expect(found.auc).toBe(0.5);
    // The mean share of positives of the classes.
    expect(found.meanAveragePrecision).toBeCloseTo((0.5 + 0.5 + 0.75) / 3, 6);
    // Every decision is 'no'.
    expect(found.accuracy).toBeCloseTo(5 / 12, 6);
    model.dispose();
  });

  it('weighs classes: one of weight 0 is not learned', async () => {
    const model = network();
    await train(model, {
      ...settings(),
      epochs: 3,
      losses: ['binaryCrossEntropy'],
      classWeights: [[1, 0, 1]],
    });
    const kernel = model.getWeights()[0]!.arraySync() as number[][];
    expect(kernel.map((row) => row[1])).toEqual([0, 0]);
    expect(kernel[0]![0]).not.toBe(0);
    model.dispose();
  });

  it.each([
    [{ losses: ['hinge'] }, /train: losses\[0\] must be 'crossEntropy' or 'binaryCrossEntropy'/],
    [{ losses: [] }, /train: losses must have/],
    [{ losses: ['crossEntropy', 'crossEntropy'] }, /train: losses must have one value for each/],
    [{ classWeights: [[1, -1, 1]] }, /train: classWeights\[0\]\[1\] must be/],
  ])('throws on %j', async (wrong, message) => {
    const model = network();
    await expect(train(model, { ...settings(), ...(wrong as object) })).rejects.toThrow(message);
    model.dispose();
  });
});
