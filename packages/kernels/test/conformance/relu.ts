import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { reluGradientKernel } from '../../src/relu/contract.js';
import { describeImplementations, type Implementation } from './implementation.js';

export function reluTests(implementations: Implementation[]): void {
  describeImplementations([reluGradientKernel], implementations, (_backend, isKernel) => {
    // `@ds/backend` runs the kernel as the gradient of tfjs's own op.
    const gradient = (x: tf.Tensor, dy: tf.Tensor) =>
      isKernel ? reluGradientKernel.run({ dy, x }, {}) : tf.grad((input) => tf.relu(input))(x, dy);

    it.each([[[1]], [[4]], [[3, 7]], [[2, 5, 3, 11]]])(
      'passes the gradient of %j where the input is above 0',
      (shape) => {
        const [x, dy] = [unitTensor(1, shape), unitTensor(2, shape)];
        const upstream = dy.dataSync();
        const want = x.dataSync().map((value, i) => (value > 0 ? upstream[i]! : 0));
        const dx = gradient(x, dy);
        expect(dx.shape).toEqual(shape);
        expect(relativeError(dx.dataSync(), want)).toBe(0);
        expect(leakedTensors(() => gradient(x, dy))).toBe(0);
        tf.dispose([x, dy, dx]);
      },
    );

    it('is 0 at 0, also at −0', () => {
      tf.tidy(() => {
        const x = tf.tensor1d([0, -0, 1e-30, -1e-30, 1e30]);
        expect([...gradient(x, tf.fill([5], 3)).dataSync()]).toEqual([0, 0, 3, 0, 3]);
      });
    });
  });
}
