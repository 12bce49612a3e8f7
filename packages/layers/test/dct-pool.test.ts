import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DctPool } from '../src/index.js';
import { dctPool, type Norm, spectralPool } from '../src/ops.js';

const FLOAT32 = 2e-6;

interface PoolCase {
  case: string;
  params: { strides: [number, number]; smoothness: null; norm: Norm };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const goldens = readGolden<PoolCase>(
  new URL('fixtures/dct_diffstride.json', import.meta.url),
).cases.filter(({ params }) => params.smoothness === null);

// The op is two matrices in the kernel of all spectral poolings, which has WebGPU tests.
describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((golden) => [golden.case, golden] as const))(
    '%s: output and gradient are the golden numbers',
    (_, { params: { strides, norm }, input, upstream, output, grads }) => {
      tf.tidy(() => {
        const op = (x: tf.Tensor) => dctPool(x as tf.Tensor4D, strides, { norm });
        const x = imageTensor(input);
        const y = op(x);
        expect(y.shape.slice(1, 3)).toEqual(output.shape.slice(2));
        expect(relativeError(imageValues(y), output.data)).toBeLessThan(FLOAT32);
        const dx = tf.grad(op)(x, imageTensor(upstream));
        expect(relativeError(imageValues(dx), grads.input.data)).toBeLessThan(FLOAT32);
      });
    },
  );

  it('is the identity at stride 1, at every size and norm', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [1, 1],
        [1, 6],
        [7, 5],
      ] as const) {
        for (const norm of ['backward', 'ortho', 'forward'] as const) {
          const x = unitTensor(height + width, [2, height, width, 8]) as tf.Tensor4D;
          const y = dctPool(x, 1, { norm });
          expect(y.shape).toEqual(x.shape);
          expect(relativeError(y.dataSync(), x.dataSync())).toBeLessThan(FLOAT32);
        }
      }
    });
  });
});

describe('dctPool', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    ['forward', 1],
    ['ortho', 2],
    ['backward', 4],
  ] as const)('multiplies a constant image by its factor under norm %s', (norm, factor) => {
    tf.tidy(() => {
      const y = dctPool(tf.fill([1, 8, 6, 1], 3), 2, { norm });
      expect(relativeError(y.dataSync(), new Array(12).fill(3 * factor))).toBeLessThan(FLOAT32);
    });
  });

  it('does not mix opposite borders', () => {
    tf.tidy(() => {
      // A linear ramp. Its mean is kept, and the ends stay apart.
      const ramp = tf.reshape(tf.range(0, 32), [1, 1, 32, 1]) as tf.Tensor4D;
      const y = [...dctPool(ramp, [1, 2], { norm: 'forward' }).dataSync()];
      const error = Math.max(...y.map((value, i) => Math.abs(value - (2 * i + 0.5))));
      expect(error).toBeLessThan(0.25);
      // Beyond its last pixel, the Fourier transform begins again at the first.
      const both = tf.concat([ramp, ramp], 1) as tf.Tensor4D;
      const [first] = spectralPool(both, [1, 2], { norm: 'forward' }).dataSync();
      expect(first!).toBeGreaterThan(20 * error);
      // So sizes that no even crop gives are possible, and float32 decides them.
      expect(dctPool(tf.zeros([1, 33, 5, 1]), [1.1, 2]).shape).toEqual([1, 30, 2, 1]);
    });
  });

  it('treats channelsFirst as the same image, and leaks nothing', () => {
    const x = unitTensor(2, [2, 9, 8, 3]) as tf.Tensor4D;
    tf.tidy(() => {
      const first = dctPool(tf.transpose(x, [0, 3, 1, 2]), 2, { dataFormat: 'channelsFirst' });
      const got = tf.transpose(first, [0, 2, 3, 1]);
      expect(relativeError(got.dataSync(), dctPool(x, 2).dataSync())).toBeLessThan(FLOAT32);
    });
    expect(leakedTensors(() => dctPool(x, 2))).toBe(0);
    x.dispose();
  });

  it.each([
    [() => dctPool(tf.ones([1, 4, 4, 1]), 0.5), 'dctPool: strides must be >= 1, got [0.5, 0.5]'],
    [
      () => dctPool(tf.ones([4]) as unknown as tf.Tensor4D, 2),
      'dctPool: x must have rank 4 ([batch, height, width, channels]), got shape [4]',
    ],
    [
      () => dctPool(tf.ones([1, 4, 4, 1]), 2, { norm: 'half' as Norm }),
      "dctPool: norm must be 'backward', 'ortho' or 'forward', got \"half\"",
    ],
    [() => new DctPool({ strides: [2, 0] }), 'DctPool: strides must be >= 1, got [2, 0]'],
  ])('refuses bad input %#', (call, message) => {
    expect(call).toThrow(message);
  });
});
