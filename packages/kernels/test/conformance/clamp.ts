import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { clampGradientKernel } from '../../src/clamp/contract.js';
import { describeImplementations, type Implementation } from './implementation.js';

export function clampTests(implementations: Implementation[]): void {
  describeImplementations([clampGradientKernel], implementations, (backend, isKernel) => {
    // `@ds/backend` runs the kernel as the gradient of tfjs's own op.
    const gradient = (x: tf.Tensor, dy: tf.Tensor, low: number, high: number) =>
      isKernel
        ? clampGradientKernel.run({ dy, x }, { low, high })
        : tf.grad((input) => tf.clipByValue(input, low, high))(x, dy);

    it.each([[[1]], [[4]], [[3, 7]], [[2, 5, 3, 11]]])(
      'passes the gradient of %j where the input is within the limits',
      (shape) => {
        const [x, dy] = [unitTensor(1, shape), unitTensor(2, shape)];
        const upstream = dy.dataSync();
        for (const [low, high] of [
          [-0.3, 0.4],
          [0, 6],
          [-Infinity, 0.1],
        ] as const) {
          const want = x
            .dataSync()
            .map((value, i) => (value >= low && value <= high ? upstream[i]! : 0));
          const dx = gradient(x, dy, low, high);
          expect(dx.shape).toEqual(shape);
          expect(relativeError(dx.dataSync(), want)).toBe(0);
          dx.dispose();
        }
        expect(leakedTensors(() => gradient(x, dy, 0, 1))).toBe(0);
        tf.dispose([x, dy]);
      },
    );

    // Compilers of WGSL may assume that there is no NaN.
    it.skipIf(backend === 'webgpu')('is 0 at NaN', () => {
      tf.tidy(() => {
        const x = tf.tensor1d([Number.NaN, 0, Number.NaN, 0, Number.NaN]);
        expect([...gradient(x, tf.fill([5], 3), -1, 1).dataSync()]).toEqual([0, 3, 0, 3, 0]);
      });
    });

    it('includes both limits, in float32', () => {
      tf.tidy(() => {
        const [low, high] = [0.1, 0.7];
        const step = 2 ** -20;
        const x = tf.tensor1d([low - step, low, low + step, high - step, high, high + step]);
        const dx = gradient(x, tf.fill([6], 3), low, high);
        expect([...dx.dataSync()]).toEqual([0, 3, 3, 3, 3, 0]);
      });
    });
  });
}
