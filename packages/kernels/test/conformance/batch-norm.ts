import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { batchNormTraining } from '../../src/batch-norm/batch-norm.js';
import {
  batchNormTrainingGradientKernel,
  batchNormTrainingKernel,
} from '../../src/batch-norm/contract.js';
import { type BatchNormValues, batchNormDefinition, EPSILON } from './batch-norm-definition.js';
import { describeImplementations, type Implementation } from './implementation.js';

/** Error bound: float32 sums in another order, and float32 inputs. */
const FLOAT32 = 1e-5;

/** The op without kernels: what the layer of tfjs computes, since `src` has no composed form. */
function composed(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D) {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return {
    y: tf.batchNorm4d(x, mean as tf.Tensor1D, variance as tf.Tensor1D, beta, gamma, EPSILON),
    mean,
    variance,
  };
}

export function batchNormTests(implementations: Implementation[]): void {
  describeImplementations(
    [batchNormTrainingKernel, batchNormTrainingGradientKernel],
    implementations,
    (_backend, isKernel) => {
      const op = (x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D) =>
        isKernel ? batchNormTraining(x, gamma, beta, EPSILON) : composed(x, gamma, beta);

      // One channel, one row, and channels that fill no SIMD vector.
      it.each([[[3, 1, 1, 1]], [[1, 1, 1, 5]], [[2, 3, 5, 4]], [[2, 7, 3, 13]]])(
        'of %j matches its definition, and so do its gradients',
        (shape) => {
          tf.tidy(() => {
            const channels = shape.at(-1)!;
            const x = unitTensor(1, shape) as tf.Tensor4D;
            const gamma = tf.add(unitTensor(2, [channels]), 1.5) as tf.Tensor1D;
            const beta = unitTensor(3, [channels]) as tf.Tensor1D;
            const dy = unitTensor(4, shape);
            const [dx, dgamma, dbeta] = tf.grads(
              (...given: tf.Tensor[]) =>
                op(...(given as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D])).y,
            )([x, gamma, beta], dy);
            const got = { ...op(x, gamma, beta), dx, dgamma, dbeta };
            const [vx, vgamma, vbeta, vdy] = [x, gamma, beta, dy].map((one) => one.dataSync());
            const want = batchNormDefinition(vx!, vgamma!, vbeta!, vdy!);
            for (const name of Object.keys(want) as (keyof BatchNormValues)[]) {
              const error = relativeError(got[name]!.dataSync(), want[name]);
              expect(error, name).toBeLessThan(FLOAT32);
            }
          });
        },
      );

      it('leaks nothing', () => {
        const x = unitTensor(1, [2, 3, 5, 4]) as tf.Tensor4D;
        const [gamma, beta] = [tf.ones([4]), tf.zeros([4])] as [tf.Tensor1D, tf.Tensor1D];
        const gradient = tf.grad((input) => op(input as tf.Tensor4D, gamma, beta).y);
        // The caller disposes of the statistics.
        expect(leakedTensors(() => tf.tidy(() => Object.values(op(x, gamma, beta))))).toBe(0);
        tf.dispose([x, gamma, beta]);
      });
    },
  );
}
