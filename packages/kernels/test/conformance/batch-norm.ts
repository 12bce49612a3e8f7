import { relativeError, unitTensor } from '@ds/testing';
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

type Inputs = [x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D];

/** What the layer of tfjs computes, which runs where there is no kernel. */
function composed(...[x, gamma, beta]: Inputs) {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]) as Record<'mean' | 'variance', tf.Tensor1D>;
    return { y: tf.batchNorm4d(x, mean, variance, beta, gamma, EPSILON), mean, variance };
  });
}

export function batchNormTests(implementations: Implementation[]): void {
  describeImplementations(
    [batchNormTrainingKernel, batchNormTrainingGradientKernel],
    implementations,
    (_backend, isKernel) => {
      const op = (...inputs: Inputs) =>
        isKernel ? batchNormTraining(...inputs, EPSILON) : composed(...inputs);
      const normalised = (...inputs: tf.Tensor[]) => {
        const { y, mean, variance } = op(...(inputs as Inputs));
        tf.dispose([mean, variance]);
        return y;
      };

      // One channel, one row, and channels that fill no SIMD vector.
      it.each([[[3, 1, 1, 1]], [[1, 1, 1, 5]], [[2, 3, 5, 4]], [[2, 7, 3, 13]]])(
        'of %j matches its definition, and so do its gradients, without leaks',
        (shape) => {
          const channels = shape.at(-1)!;
          const before = tf.memory().numTensors;
          const dy = unitTensor(4, shape);
          const gamma = tf.tidy(() => tf.add(unitTensor(2, [channels]), 1.5));
          const inputs = [unitTensor(1, shape), gamma, unitTensor(3, [channels])] as Inputs;
          const values = op(...inputs);
          const [dx, dgamma, dbeta] = tf.grads(normalised)(inputs, dy);
          const got = { ...values, dx, dgamma, dbeta };
          const [x, scale, offset, upstream] = [...inputs, dy].map((one) => one.dataSync());
          const want = batchNormDefinition(x!, scale!, offset!, upstream!);
          for (const name of Object.keys(want) as (keyof BatchNormValues)[]) {
            expect(relativeError(got[name]!.dataSync(), want[name]), name).toBeLessThan(FLOAT32);
          }
          tf.dispose([inputs, dy, got as tf.TensorContainer]);
          expect(tf.memory().numTensors).toBe(before);
        },
      );
    },
  );
}
