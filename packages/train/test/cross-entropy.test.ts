import { useBackend } from '@ds/backend';
import { ConfigError } from '@ds/checks';
import { gradientErrors, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  binaryCrossEntropy,
  correctPredictions,
  crossEntropy,
  predictionsWithin,
} from '../src/index.js';

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is its definition, smoothed or not', () => {
    tf.tidy(() => {
      const logits = [
        [2, -1, 0.5],
        [100, 0, -100],
      ];
      const labels = [
        [0.3, 0.7, 0],
        [0, 1, 0],
      ];
      for (const smoothing of [0, 0.2]) {
        let want = 0;
        logits.forEach((row, n) => {
          const largest = Math.max(...row);
          const logSum = largest + Math.log(row.reduce((s, z) => s + Math.exp(z - largest), 0));
          row.forEach((z, k) => {
            want -= (((1 - smoothing) * labels[n]![k]! + smoothing / 3) * (z - logSum)) / 2;
          });
        });
        const got = crossEntropy(
          tf.tensor2d(logits),
          tf.tensor2d(labels),
          smoothing,
        ).dataSync()[0]!;
        expect(got / want).toBeCloseTo(1, 5);
      }
    });
  });

  it('of a row of zeros is 0, and so is its gradient', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([2, -1, 0.5, 30, -200, 4], [2, 3]);
      const labels = tf.tensor2d([0, 1, 0, 0, 0, 0], [2, 3]);
      const of = (row: number) => [logits, labels].map((x) => tf.slice(x, row, 1)) as tf.Tensor2D[];
      const [one, zero] = [0, 1].map((row) => crossEntropy(of(row)[0]!, of(row)[1]!));
      expect(zero!.dataSync()[0]! === 0).toBe(true);
      const { value, grad } = tf.valueAndGrad((z) => crossEntropy(z as tf.Tensor2D, labels))(
        logits,
      );
      expect(value.dataSync()[0]).toBeCloseTo(one!.dataSync()[0]! / 2, 6);
      expect(Array.from(grad.dataSync().subarray(3), Math.abs)).toEqual([0, 0, 0]);
    });
  });

  it('takes labels of any type, as tf.oneHot makes them, and no logits but float32', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([2, -1, 0.5, 0, 1, 3], [2, 3]);
      const labels = tf.tensor2d([0, 1, 0, 0, 0, 1], [2, 3]);
      for (const smoothing of [0, 0.1]) {
        const want = crossEntropy(logits, labels, smoothing).dataSync()[0]!;
        for (const dtype of ['int32', 'bool'] as const) {
          const got = crossEntropy(logits, tf.cast(labels, dtype), smoothing);
          expect(got.dtype).toBe('float32');
          expect(got.dataSync()[0]).toBeCloseTo(want, 5);
        }
      }
      expect(() => crossEntropy(tf.cast(logits, 'int32'), labels)).toThrow(
        'crossEntropy: logits must be float32, got int32',
      );
    });
  });

  it.each([crossEntropy, binaryCrossEntropy])(
    'refuses other labels, and smoothing of 1',
    (loss) => {
      tf.tidy(() => {
        const z = tf.ones([8, 3]) as tf.Tensor2D;
        expect(() => loss(z, tf.ones([8, 2]))).toThrow(
          new ConfigError(
            `${loss.name}: labels must have the logits' shape [batch, classes] = [8,3], got [8,2]`,
          ),
        );
        const texts = tf.tensor2d(Array.from({ length: 8 }, () => ['a', 'b', 'c']));
        expect(() => loss(z, texts)).toThrow(
          new ConfigError(`${loss.name}: labels must be float32, int32 or bool, got string`),
        );
        expect(() => loss(z, z, 1)).toThrow(
          new ConfigError(`${loss.name}: smoothing must be in [0, 1), got 1`),
        );
      });
    },
  );

  it('has the gradient of finite differences', () => {
    tf.tidy(() => {
      const labels = tf.softmax(unitTensor(3, [4, 5])) as tf.Tensor2D;
      const op = (z: tf.Tensor) => crossEntropy(z as tf.Tensor2D, labels, 0.1);
      expect(gradientErrors(op, [unitTensor(2, [4, 5])], [0.05])[0]).toBeLessThan(1e-3);
    });
  });

  it('counts right predictions, against mixed labels too', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([
        [1, 2, 0],
        [3, 0, 0],
        [0, 0, 1],
      ]);
      const labels = tf.tensor2d([
        [0, 0.6, 0.4],
        [0, 1, 0],
        [0, 0, 1],
      ]);
      expect(correctPredictions(logits, labels)).toBe(2);
    });
  });
  it('counts classes among the k largest logits, equal ones in the order of classes', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([
        [5, 4, 3, 2, 1, 0],
        [5, 4, 3, 2, 1, 0],
        [7, 7, 7, 7, 7, 7],
        [7, 7, 7, 7, 7, 7],
      ]);
      const labels = tf.oneHot([4, 5, 4, 5], 6) as tf.Tensor2D;
      expect(predictionsWithin(5, logits, labels)).toBe(2);
      expect(predictionsWithin(6, logits, labels)).toBe(4);
      expect(predictionsWithin(1, logits, tf.oneHot([0, 1, 0, 1], 6) as tf.Tensor2D)).toBe(2);
    });
  });
});
