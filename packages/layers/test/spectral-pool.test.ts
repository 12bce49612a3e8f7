import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  gradientErrors,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SpectralPool, SpectralPool1D, SpectralPool3D } from '../src/index.js';
import { spectralPool, spectralPool1d, spectralPool3d } from '../src/ops.js';
import { fftChain } from './fft-chain.js';

const FLOAT32 = 2e-5;

interface SpectralCase {
  case: string;
  params: {
    strides: [number, number];
    outputShape: [number, number];
    toUnitary: number;
    toMeanPreserving: number;
  };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const goldens = readGolden<SpectralCase>(
  new URL('fixtures/spectral_pool.json', import.meta.url),
).cases;

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    '%s: output and gradient match the golden numbers, in every norm',
    (_, golden) => {
      const { strides, outputShape, toUnitary, toMeanPreserving } = golden.params;
      tf.tidy(() => {
        const x = imageTensor(golden.input);
        const upstream = imageTensor(golden.upstream);
        for (const [norm, factor] of [
          ['backward', 1],
          ['ortho', toUnitary],
          ['forward', toMeanPreserving],
        ] as const) {
          const y = spectralPool(x, strides, { norm });
          const dx = tf.grad((image) =>
            tf.sum(tf.mul(spectralPool(image as tf.Tensor4D, strides, { norm }), upstream)),
          )(x);
          const scaled = (values: number[]) => values.map((value) => value * factor);
          expect(y.shape.slice(1, 3)).toEqual(outputShape);
          expect(relativeError(imageValues(y), scaled(golden.output.data))).toBeLessThan(FLOAT32);
          expect(relativeError(imageValues(dx), scaled(golden.grads.input.data))).toBeLessThan(
            FLOAT32,
          );
        }
      });
    },
  );

  it('shrinks (1, 64, 64, 3) by strides (2, 4) to (1, 32, 16, 3), as published', () => {
    tf.tidy(() => {
      expect(spectralPool(tf.zeros([1, 64, 64, 3]), [2, 4]).shape).toEqual([1, 32, 16, 3]);
    });
  });

  it('matches the FFT chain at every size', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [1, 1],
        [2, 1],
        [1, 6],
        [3, 3],
        [7, 10],
        [13, 11],
        [16, 9],
      ] as const) {
        for (const [sh, sw] of [
          [1, 1],
          [1.5, 2.2],
          [20, 20],
        ] as const) {
          const h = Math.max(2, Math.floor(height / sh) - (Math.floor(height / sh) % 2));
          const w = Math.max(2, Math.floor(width / sw));
          const rows = [...Array(h).keys()].map((row) => (row < h / 2 ? row : height - h + row));
          const bins = Math.min(Math.floor(w / 2), Math.floor(width / 2)) + 1;
          const kept = { rows, columns: [...Array(bins).keys()] };
          const x = unitTensor(height * 17 + width, [2, height, width, 2]) as tf.Tensor4D;
          const got = spectralPool(x, [sh, sw]);
          const want = fftChain(x, null, kept, [h, w], 'ortho');
          expect(got.shape).toEqual([2, h, w, 2]);
          expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
        }
      }
    });
  });

  it('has the gradient of finite differences', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [1, 9, 7, 2]);
      const op = (image: tf.Tensor) => spectralPool(image as tf.Tensor4D, [1.6, 2.1]);
      expect(gradientErrors(op, [x], [0.5])[0]).toBeLessThan(1e-5);
    });
  });

  it('divides sizes in float32, as published', () => {
    tf.tidy(() => {
      // 33/1.1 = 29.999… in float64, 30 in float32.
      expect(spectralPool(tf.zeros([1, 33, 33, 1]), 1.1).shape).toEqual([1, 30, 30, 1]);
    });
  });

  it('treats channelsFirst as the same image, and leaks nothing', () => {
    tf.tidy(() => {
      const x = unitTensor(2, [2, 9, 8, 3]) as tf.Tensor4D;
      const first = spectralPool(tf.transpose(x, [0, 3, 1, 2]), 2, { dataFormat: 'channelsFirst' });
      const got = tf.transpose(first, [0, 2, 3, 1]);
      expect(relativeError(got.dataSync(), spectralPool(x, 2).dataSync())).toBeLessThan(1e-6);
    });
    const x = tf.ones([1, 8, 8, 1]) as tf.Tensor4D;
    expect(leakedTensors(() => spectralPool(x, 2))).toBe(0);
    x.dispose();
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const x = () => tf.ones([1, 8, 8, 1]) as tf.Tensor4D;

  it.each([
    [
      'strides < 1',
      () => spectralPool(x(), [2, 0.5]),
      'spectralPool: strides must be >= 1, got [2, 0.5]',
    ],
    [
      'NaN strides',
      () => spectralPool(x(), Number.NaN),
      'spectralPool: strides must be >= 1, got [NaN, NaN]',
    ],
    [
      'three strides',
      () => spectralPool(x(), [1, 2, 3] as unknown as [number, number]),
      'spectralPool: strides must be a number or [S_h, S_w], got [1, 2, 3]',
    ],
    [
      'a wrong rank',
      () => spectralPool(tf.ones([2]) as unknown as tf.Tensor4D, 2),
      'spectralPool: x must have rank 4',
    ],
    [
      'an empty image',
      () => spectralPool(tf.zeros([1, 8, 0, 1]), 2),
      'spectralPool: x must have no empty axis',
    ],
  ])('%s is an error that names the argument', (_, call, message) => {
    expect(call).toThrow(message);
  });
});

describe.each(BACKENDS)('an output size, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('gives the crop of that size, with its gradient, as strides would', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [1, 13, 11, 3]) as tf.Tensor4D;
      // 13/2 → 6 rows, 11/1.5 → 7 columns.
      const byStrides = (image: tf.Tensor) => spectralPool(image as tf.Tensor4D, [2, 1.5]);
      const bySize = (image: tf.Tensor) =>
        spectralPool(image as tf.Tensor4D, undefined, { outputSize: [6, 7] });
      const want = byStrides(x);
      const got = bySize(x);
      expect(got.shape).toEqual([1, 6, 7, 3]);
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
      const upstream = unitTensor(6, got.shape);
      const [slope, same] = [byStrides, bySize].map((op) => tf.grad(op)(x, upstream).dataSync());
      expect(relativeError(same!, slope!)).toBeLessThan(FLOAT32);
    });
  });
});

describe('an output size', () => {
  beforeAll(() => useBackend('cpu'));

  it('may be every even height and every width from 2 on, on both paths', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [1, 7, 5, 2]) as tf.Tensor4D;
      for (const h of [2, 4, 6])
        for (const w of [2, 3, 4, 5]) {
          const at = (path: 'matrices' | 'fft') =>
            spectralPool(x, undefined, { outputSize: [h, w], path });
          const [a, b] = [at('matrices'), at('fft')];
          expect(a.shape).toEqual([1, h, w, 2]);
          expect(relativeError(a.dataSync(), b.dataSync())).toBeLessThan(FLOAT32);
        }
    });
  });

  it.each([
    [{ outputSize: 8 }, undefined, "outputSize must be at most [7, 9], the input's, got [8, 8]"],
    [{ outputSize: [3, 4] }, undefined, 'outputSize must be >= 2, and even along all axes but the'],
    [{ outputSize: [2, 1] }, undefined, 'outputSize must be >= 2, and even along all axes but the'],
    [{ outputSize: 4 }, 2, 'strides must be left out with outputSize, got 2'],
    [{ outputSize: [4] }, undefined, 'outputSize must have 2 values, got 1'],
    [{ outputSize: 2.5 }, undefined, 'outputSize must be an integer'],
  ])('refuses %j with strides %j', (options, strides, message) => {
    tf.tidy(() => {
      expect(() => spectralPool(tf.ones([1, 7, 9, 1]), strides, options as never)).toThrow(
        `spectralPool: ${message}`,
      );
    });
  });

  it('works for one and three axes, in layers, and through a saved model', () => {
    tf.tidy(() => {
      const line = unitTensor(1, [1, 9, 2]) as tf.Tensor3D;
      expect(spectralPool1d(line, undefined, { outputSize: 5 }).shape).toEqual([1, 5, 2]);
      expect(() => spectralPool1d(line, undefined, { outputSize: 1 })).toThrow(
        'spectralPool1d: outputSize must be >= 2, got [1]',
      );
      const video = unitTensor(1, [1, 5, 6, 7, 2]) as tf.Tensor5D;
      const size = [4, 2, 3];
      expect(spectralPool3d(video, undefined, { outputSize: size }).shape).toEqual([1, 4, 2, 3, 2]);

      const layer = new SpectralPool({ outputSize: [4, 5] });
      expect(layer.strides).toBeUndefined();
      expect(layer.computeOutputShape([null, null, null, 3])).toEqual([null, 4, 5, 3]);
      const x = unitTensor(2, [1, 8, 9, 3]) as tf.Tensor4D;
      const want = spectralPool(x, undefined, { outputSize: [4, 5] });
      const again = SpectralPool.fromConfig(
        SpectralPool as never,
        layer.getConfig(),
      ) as tf.layers.Layer;
      for (const one of [layer, again]) {
        expect([...(one.apply(x) as tf.Tensor).dataSync()]).toEqual([...want.dataSync()]);
      }
      const { rows, columns, skew } = layer.matrices([8, 9]);
      expect(rows.shape).toEqual([4, 8]);
      expect(columns.shape).toEqual([5, 9]);
      // The unpaired row −2 has an imaginary part.
      expect(skew!.analysis.shape[1]).toBe(8);
      const count = layer.multiplyAdds([4, 5, 3], [8, 9, 3]);
      expect(count).toBe(new SpectralPool({ strides: [2, 1.8] }).multiplyAdds([], [8, 9, 3]));
      expect(() => layer.matrices([3, 9])).toThrow(
        "SpectralPool.matrices: outputSize must be at most [3, 9], the input's, got [4, 5]",
      );
      expect(() => new SpectralPool({ outputSize: [3, 4] })).toThrow(
        'SpectralPool: outputSize must be >= 2, and even along all axes but the last, got [3, 4]',
      );
      expect(() => new SpectralPool({ outputSize: 4, strides: 2 })).toThrow(
        'SpectralPool: strides must be left out with outputSize, got 2',
      );
      const volumes = new SpectralPool3D({ outputSize: [4, 2, 3] });
      expect((volumes.apply(video) as tf.Tensor).shape).toEqual([1, 4, 2, 3, 2]);
      const sounds = new SpectralPool1D({ outputSize: 5 });
      expect((sounds.apply(line) as tf.Tensor).shape).toEqual([1, 5, 2]);
    });
  });
});
