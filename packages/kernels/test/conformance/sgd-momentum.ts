import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { sgdMomentumKernel, sgdMomentumOfAllKernel } from '../../src/sgd-momentum/contract.js';
import { sgdMomentum } from '../../src/sgd-momentum/sgd-momentum.js';
import { describeImplementations, type Implementation } from './implementation.js';

const FLOAT32 = 2e-5;
const SIZES = [70, 1, 3, 600];
const RATES = [0.1, 0.5, 0.2, 0.01];

export function sgdMomentumTests(implementations: Implementation[]): void {
  describeImplementations([sgdMomentumKernel, sgdMomentumOfAllKernel], implementations, () => {
    it.each([false, true])(
      'matches its definition over several steps, Nesterov: %s',
      (nesterov) => {
        const before = tf.memory().numTensors;
        let velocities: tf.Tensor[] = SIZES.map((size) => tf.zeros([size]));
        let values: tf.Tensor[] = SIZES.map((size, i) => unitTensor(i + 1, [size]));
        const w = values.map((value) => [...value.dataSync()]);
        const v = SIZES.map((size) => new Float64Array(size));
        for (let turn = 0; turn < 3; turn++) {
          const gradients = SIZES.map((size, i) => unitTensor(10 * turn + i, [size]));
          const g = gradients.map((one) => one.dataSync());
          const next = tf.tidy(() =>
            sgdMomentum(
              { values, velocities, gradients },
              { learningRates: RATES, momentum: 0.9, nesterov },
            ),
          );
          tf.dispose([values, gradients]);
          ({ values, velocities } = next);
          g.forEach((slopes, at) => {
            slopes.forEach((slope, i) => {
              v[at]![i] = 0.9 * v[at]![i]! + slope;
              const direction = nesterov ? slope + 0.9 * v[at]![i]! : v[at]![i]!;
              w[at]![i]! -= RATES[at]! * direction;
            });
          });
          // Reads at every step, since a read must not return cached old values.
          values.forEach((value, at) => {
            expect(value.shape).toEqual([SIZES[at]]);
            expect(relativeError(value.dataSync(), w[at]!)).toBeLessThan(FLOAT32);
            expect(relativeError(velocities[at]!.dataSync(), v[at]!)).toBeLessThan(FLOAT32);
          });
        }
        tf.dispose([values, velocities]);
        expect(tf.memory().numTensors).toBe(before);
      },
    );
  });
}
