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
import { SpectralUpsample } from '../src/index.js';
import { spectralPool, spectralUpsample } from '../src/ops.js';

const FLOAT32 = 1e-5;

interface Case {
  case: string;
  params: { outputSize: [number, number]; toUnitary: number; toBackward: number };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const goldens = readGolden<Case>(new URL('fixtures/spectral_upsample.json', import.meta.url)).cases;

/** The image in every one of 8 channels, as the kernels need. */
const eightfold = (x: tf.Tensor) => tf.tile(x, [1, 1, 1, 8]) as tf.Tensor4D;
const firstOf = (x: tf.Tensor4D) => tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, 1]);

describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    '%s: output and gradient match the golden numbers, in every norm and on both paths',
    (_, { params, input, upstream, output, grads }) => {
      const { outputSize, toUnitary, toBackward } = params;
      tf.tidy(() => {
        const x = eightfold(imageTensor(input));
        const dy = eightfold(imageTensor(upstream));
        for (const [norm, factor, path] of [
          ['forward', 1, 'matrices'],
          ['ortho', toUnitary, 'fft'],
          ['backward', toBackward, 'auto'],
        ] as const) {
          const op = (image: tf.Tensor) =>
            spectralUpsample(image as tf.Tensor4D, { outputSize, norm, path });
          const { value, grad } = tf.valueAndGrad(op)(x, dy);
          const near = (got: tf.Tensor, { data }: GoldenTensor) =>
            expect(
              relativeError(
                imageValues(firstOf(got as tf.Tensor4D)),
                data.map((v) => v * factor),
              ),
            ).toBeLessThan(FLOAT32);
          near(value, output);
          near(grad, grads.input);
        }
      });
    },
  );

  it('returns to x below its Nyquist frequencies after spectralPool, at equal norms', () => {
    tf.tidy(() => {
      // The width 11 has no Nyquist frequency. `lowPassed` removes that of the height 10.
      const x = spectralPool(unitTensor(3, [2, 16, 22, 8]) as tf.Tensor4D, [1.6, 2]);
      for (const norm of ['ortho', 'forward', 'backward'] as const) {
        const up = spectralUpsample(lowPassed(x), { outputSize: [17, 23], norm });
        const back = spectralPool(up, [17 / 10, 23 / 11], { norm });
        expect(back.shape).toEqual(x.shape);
        expect(relativeError(back.dataSync(), lowPassed(x).dataSync())).toBeLessThan(FLOAT32);
      }
    });
  });

  it('passes through the pixels of x at norm forward, and keeps constant images', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [1, 4, 5, 2]) as tf.Tensor4D;
      const y = spectralUpsample(x, { strides: [2, 3], norm: 'forward' });
      expect(y.shape).toEqual([1, 8, 15, 2]);
      const kept = tf.stridedSlice(y, [0, 0, 0, 0], [1, 8, 15, 2], [1, 2, 3, 1]);
      expect(relativeError(kept.dataSync(), x.dataSync())).toBeLessThan(FLOAT32);
      const scales = { forward: 1, ortho: Math.sqrt(20 / 120), backward: 20 / 120 };
      for (const [norm, scale] of Object.entries(scales)) {
        const flat = spectralUpsample(tf.ones([1, 4, 5, 2]), { strides: [2, 3], norm } as object);
        for (const value of flat.dataSync()) expect(value).toBeCloseTo(scale, 5);
      }
    });
  });
});

/** Removes the Nyquist row of an image with an even height. */
function lowPassed(x: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [, height] = x.shape;
    const wave = tf.reshape(
      tf.tensor1d(Array.from({ length: height }, (_, i) => (-1) ** i)),
      [1, -1, 1, 1],
    );
    return tf.sub(x, tf.mul(wave, tf.mean(tf.mul(x, wave), 1, true))) as tf.Tensor4D;
  });
}

describe('the function', () => {
  beforeAll(() => useBackend('cpu'));

  it('rounds the sizes down, treats both formats alike, and leaks nothing', () => {
    tf.tidy(() => {
      const x = unitTensor(7, [1, 10, 5, 2]) as tf.Tensor4D;
      const y = spectralUpsample(x, { strides: [1.1, 1.5] });
      expect(y.shape).toEqual([1, 11, 7, 2]);
      const first = spectralUpsample(tf.transpose(x, [0, 3, 1, 2]) as tf.Tensor4D, {
        strides: [1.1, 1.5],
        dataFormat: 'channelsFirst',
      });
      const back = tf.transpose(first, [0, 2, 3, 1]).dataSync();
      expect(relativeError(back, y.dataSync())).toBeLessThan(FLOAT32);
      expect(leakedTensors(() => spectralUpsample(x))).toBe(0);
    });
  });

  it('refuses smaller sizes, and a size together with strides', () => {
    const x = tf.zeros([1, 4, 5, 1]) as tf.Tensor4D;
    expect(() => spectralUpsample(x, { outputSize: [4, 4] })).toThrow(
      "spectralUpsample: outputSize must be at least the input's size [4,5], got [4,4]",
    );
    expect(() => spectralUpsample(x, { outputSize: 8, strides: 2 })).toThrow(/at most one of/);
    expect(() => spectralUpsample(x, { strides: 0.5 })).toThrow(/strides must be >= 1/);
    expect(() => new SpectralUpsample({ outputSize: 8, strides: 2 })).toThrow(/SpectralUpsample/);
    x.dispose();
  });
});
