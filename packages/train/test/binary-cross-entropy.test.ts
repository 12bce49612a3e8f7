import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { binaryCrossEntropy, crossEntropy } from '../src/index.js';

const LOGITS = [
  [2, -1, 0],
  [60, -60, 7],
];
const LABELS = [
  [1, 1, 0.5],
  [0, 1, 1],
];

describe.each(BACKENDS)('binaryCrossEntropy on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [0, undefined],
    [0.2, undefined],
    [0, [1, 0, 2.5]],
  ] as const)('is its definition in float64, smoothing %s, weights %s', (smoothing, weights) => {
    let want = 0;
    LOGITS.forEach((row, n) => {
      row.forEach((z, k) => {
        const q = (1 - smoothing) * LABELS[n]![k]! + smoothing / 2;
        // log σ(z) = −log(1 + e^{−z}), and log(1 − σ(z)) = −log(1 + e^z).
        const loss = q * Math.log1p(Math.exp(-z)) + (1 - q) * Math.log1p(Math.exp(z));
        want += ((weights?.[k] ?? 1) * loss) / 6;
      });
    });
    const call = () =>
      binaryCrossEntropy(
        tf.tensor2d(LOGITS),
        tf.tensor2d(LABELS),
        smoothing,
        weights && [...weights],
      );
    expect(tf.tidy(() => call().dataSync()[0]!) / want).toBeCloseTo(1, 5);
    const [z, y] = [tf.tensor2d(LOGITS), tf.tensor2d(LABELS)];
    expect(leakedTensors(() => binaryCrossEntropy(z, y))).toBe(0);
    tf.dispose([z, y]);
  });

  it('is finite at logits of any size, and so is its gradient, which is right at 0', () => {
    tf.tidy(() => {
      const z = tf.tensor2d([[1e30, -1e30, 0, 100]]);
      const y = tf.tensor2d([[1, 0, 1, 0]]);
      expect(binaryCrossEntropy(z, y).dataSync()[0]! / ((Math.LN2 + 100) / 4)).toBeCloseTo(1, 5);
      const slope = tf
        .grad((x) => binaryCrossEntropy(x as tf.Tensor2D, y))(z)
        .dataSync();
      [0, 0, -0.125, 0.25].forEach((want, i) => {
        expect(slope[i]).toBeCloseTo(want, 6);
      });
    });
  });

  it('has the gradient to logits and labels', () => {
    const inputs = [tf.tensor2d([[0.3, -2, 1]]), tf.tensor2d([[1, 0.2, 0]])];
    const loss = (z: tf.Tensor, y: tf.Tensor) =>
      binaryCrossEntropy(z as tf.Tensor2D, y as tf.Tensor2D, 0.1, [1, 2, 3]);
    const errors = gradientErrors(loss as never, inputs, [1e-2, 1e-2]);
    for (const error of errors) expect(error).toBeLessThan(1e-2);
    tf.dispose(inputs);
  });
});

describe('class weights', () => {
  beforeAll(() => useBackend('cpu'));

  it('scale the terms of the softmax cross-entropy', () => {
    tf.tidy(() => {
      const z = tf.tensor2d([
        [0, Math.log(3)],
        [0, 0],
      ]);
      const y = tf.tensor2d([
        [0, 1],
        [1, 0],
      ]);
      const want = (4 * Math.log(4 / 3) + 0.5 * Math.LN2) / 2;
      expect(crossEntropy(z, y, 0, [0.5, 4]).dataSync()[0]).toBeCloseTo(want, 6);
    });
  });

  it.each([crossEntropy, binaryCrossEntropy])('throw if they are not one per class', (loss) => {
    const [z, y] = [tf.ones([1, 2]), tf.ones([1, 2])] as [tf.Tensor2D, tf.Tensor2D];
    expect(() => loss(z, y, 0, [1])).toThrow(
      `${loss.name}: classWeights must have one value for each class (2), got [1]`,
    );
    expect(() => loss(z, y, 0, [1, -1])).toThrow(`${loss.name}: classWeights[1] must be`);
    tf.dispose([z, y]);
  });
});
