import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { dct, dct2d, idct, idct2d, type Norm } from '../src/index.js';

/** Tolerance of float32 transforms around float64 sums. */
const FLOAT32 = 2e-6;

interface DctCase {
  case: string;
  params: { axes: 1 | 2; norm: Norm; inverse: boolean };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const goldens = readGolden<DctCase>(new URL('fixtures/dct.json', import.meta.url)).cases;

const tensorOf = ({ data, shape }: GoldenTensor) => tf.tensor(data, shape);

// The transforms are composed of `rfft`, `gather` and elementwise ops, which have WebGPU tests.
describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((golden) => [golden.case, golden] as const))(
    '%s: output and gradient are the golden numbers, those of scipy',
    (_, { params, input, upstream, output, grads }) => {
      const transforms = params.axes === 1 ? [dct, idct] : [dct2d, idct2d];
      const op = (x: tf.Tensor) => transforms[params.inverse ? 1 : 0]!(x, { norm: params.norm });
      tf.tidy(() => {
        const x = tensorOf(input);
        const y = op(x);
        expect(y.shape).toEqual(output.shape);
        expect(relativeError(y.dataSync(), output.data)).toBeLessThan(FLOAT32);
        const dx = tf.grad(op)(x, tensorOf(upstream));
        expect(relativeError(dx.dataSync(), grads.input.data)).toBeLessThan(FLOAT32);
      });
    },
  );
});

describe('dct', () => {
  beforeAll(() => useBackend('wasm'));

  it('round-trips at odd, prime and large lengths, in every norm', () => {
    tf.tidy(() => {
      for (const norm of ['backward', 'ortho', 'forward'] as Norm[]) {
        for (const n of norm === 'ortho' ? [4, 13, 1100] : [1, 2, 3]) {
          const x = unitTensor(n, [2, 1, n]);
          const back = idct(dct(x, { norm }), { norm });
          expect(back.shape).toEqual(x.shape);
          expect(relativeError(back.dataSync(), x.dataSync())).toBeLessThan(FLOAT32);
        }
      }
    });
  });

  it('does not overflow where only the unscaled sum would', () => {
    tf.tidy(() => {
      const large = tf.fill([64], 3e37);
      const [mean, ...others] = dct(large, { norm: 'forward' }).dataSync();
      expect(mean! / 3e37).toBeCloseTo(1, 5);
      expect(others.every((value) => Math.abs(value) < 3e37 * FLOAT32)).toBe(true);
      const ones = idct(dct(tf.fill([64], 2e36)));
      expect(relativeError(ones.dataSync(), new Array(64).fill(2e36))).toBeLessThan(FLOAT32);
    });
  });

  it('can be differentiated twice', () => {
    tf.tidy(() => {
      // The matrix of the norm ortho is orthogonal, so the gradient of Σ X² is 2x.
      const energy = (x: tf.Tensor) => tf.sum(tf.square(dct(x, { norm: 'ortho' }))) as tf.Scalar;
      const slope = (x: tf.Tensor) => tf.sum(tf.mul(tf.grad(energy)(x), tf.range(0, 5)));
      const twice = tf.grad(slope)(tf.tensor1d([3, 1, 4, 1, 5]));
      expect(relativeError(twice.dataSync(), [0, 2, 4, 6, 8])).toBeLessThan(FLOAT32);
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([2, 6]);
    for (const op of [dct, idct, dct2d, idct2d]) {
      expect(leakedTensors(() => op(x, { norm: 'ortho' }))).toBe(0);
    }
    x.dispose();
  });

  it.each([
    ['rank 0', () => dct(tf.scalar(1)), 'dct: x must have rank >= 1, got shape []'],
    ['rank 1', () => idct2d(tf.ones([2])), 'idct2d: x must have rank >= 2, got shape [2]'],
    ['int32', () => idct(tf.tensor1d([1], 'int32')), 'idct: x must be float32, got int32'],
    [
      'an unknown norm',
      () => dct2d(tf.ones([2, 2]), { norm: 'orthogonal' as Norm }),
      "dct2d: norm must be 'backward', 'ortho' or 'forward', got \"orthogonal\"",
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
