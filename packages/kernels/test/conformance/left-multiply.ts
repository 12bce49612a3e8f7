import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  leftMultiplyGradientKernel,
  leftMultiplyKernel,
} from '../../src/left-multiply/contract.js';
import { leftMultiply } from '../../src/left-multiply/left-multiply.js';
import { describeImplementations, type Implementation } from './implementation.js';

/** Error bound: float32 sums in another order, and float32 inputs. */
const FLOAT32 = 1e-5;

const size = (max: number) => fc.integer({ min: 1, max });

export function leftMultiplyTests(implementations: Implementation[]): void {
  describeImplementations(
    [leftMultiplyKernel, leftMultiplyGradientKernel],
    implementations,
    (backend) => {
      it('matches its definition at every size, and so do its gradients', () => {
        const sizes = fc.tuple(size(3), size(19), size(23), fc.oneof(size(70), fc.constant(300)));
        fc.assert(
          fc.property(sizes, ([batch, m, k, n]) => {
            tf.tidy(() => {
              const a = unitTensor(1, [m, k]) as tf.Tensor2D;
              const x = unitTensor(2, [batch, k, n]) as tf.Tensor3D;
              const dy = unitTensor(3, [batch, m, n]);
              const [va, vx, vd] = [a, x, dy].map((t) => t.dataSync()) as [
                Float32Array,
                Float32Array,
                Float32Array,
              ];
              const y = new Float64Array(batch * m * n);
              const da = new Float64Array(m * k);
              const dx = new Float64Array(batch * k * n);
              for (let b = 0; b < batch; b++)
                for (let i = 0; i < m; i++)
                  for (let p = 0; p < k; p++)
                    for (let j = 0; j < n; j++) {
                      const [at, to] = [(b * k + p) * n + j, (b * m + i) * n + j];
                      y[to]! += va[i * k + p]! * vx[at]!;
                      da[i * k + p]! += vd[to]! * vx[at]!;
                      dx[at]! += va[i * k + p]! * vd[to]!;
                    }
              const product = leftMultiply(a, x);
              const gradients = tf.grads((left: tf.Tensor, right: tf.Tensor) =>
                leftMultiply(left as tf.Tensor2D, right as tf.Tensor3D),
              )([a, x], dy);
              expect(product.shape).toEqual([batch, m, n]);
              expect(relativeError(product.dataSync(), y)).toBeLessThan(FLOAT32);
              expect(relativeError(gradients[0]!.dataSync(), da)).toBeLessThan(FLOAT32);
              expect(relativeError(gradients[1]!.dataSync(), dx)).toBeLessThan(FLOAT32);
            });
          }),
          { seed: 20_221_108, numRuns: backend === 'webgpu' ? 8 : 60 },
        );
      });

      it('leaks nothing', () => {
        const [a, x] = [tf.ones([2, 3]) as tf.Tensor2D, tf.ones([2, 3, 4]) as tf.Tensor3D];
        expect(leakedTensors(() => leftMultiply(a, x))).toBe(0);
        tf.dispose([a, x]);
      });
    },
  );
}
