import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureMultiplyAdds } from '../src/count-multiply-adds.js';
import { BlurPool, MaxBlurPool } from '../src/index.js';
import { type BlurFilter, blurFilter, blurPool, blurPool1d, maxBlurPool } from '../src/ops.js';

beforeAll(() => useBackend('wasm'));

/** I₀(x) = 1/π ∫ e^{x cos θ} dθ over half a turn, by midpoints. */
function bessel(x: number): number {
  const steps = 400;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.exp(x * Math.cos((Math.PI * (i + 0.5)) / steps));
  return sum / steps;
}

/** The definition of the windowed sinc with n taps. */
function windowedSinc(n: number, stride: number, beta: number): number[] {
  const taps = Array.from({ length: n }, (_, i) => {
    const u = i - (n - 1) / 2;
    const x = (Math.PI * u) / stride;
    const window = bessel(beta * Math.sqrt(1 - ((2 * u) / (n - 1)) ** 2)) / bessel(beta);
    return (u === 0 ? 1 : Math.sin(x) / x) * window;
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

/** |H(f)| at f cycles per pixel. */
function response(taps: number[], f: number): number {
  const sum = (wave: (angle: number) => number) =>
    taps.reduce((total, tap, i) => total + tap * wave(2 * Math.PI * f * i), 0);
  return Math.hypot(sum(Math.cos), sum(Math.sin));
}

describe('a Kaiser filter', () => {
  it.each([
    // stride, attenuation, taps, β
    [2, 40, 11, 0.5842 * 19 ** 0.4 + 0.07886 * 19],
    [3, 60, 23, 0.1102 * 51.3],
    [2, 21, 5, 0],
  ])('at stride %i with %i dB has %i taps of the windowed sinc', (stride, attenuation, n, beta) => {
    const got = blurFilter(stride, { filter: 'kaiser', attenuation });
    expect(got).toHaveLength(n);
    expect(relativeError(got, windowedSinc(n, stride, beta))).toBeLessThan(1e-9);
    const even = blurFilter(stride, { filter: 'kaiser', attenuation, filterSize: 6 });
    expect(relativeError(even, windowedSinc(6, stride, beta))).toBeLessThan(1e-9);
  });

  it.each([2, 3, 5])(
    'at stride %i keeps means and attenuates all beyond 1.5 f_c as asked',
    (stride) => {
      for (const attenuation of [30, 40, 60]) {
        const taps = blurFilter(stride, { filter: 'kaiser', attenuation });
        const cutOff = 1 / (2 * stride);
        expect(response(taps, 0)).toBeCloseTo(1, 12);
        expect(response(taps, cutOff)).toBeCloseTo(0.5, 1);
        // Kaiser fitted the formula to designs: it is right within about one dB.
        for (let f = 1.5 * cutOff; f <= 0.5; f += 0.01) {
          expect(20 * Math.log10(response(taps, f))).toBeLessThan(1 - attenuation);
        }
      }
    },
  );

  it('is [1] at stride 1, and half of its other taps are 0 at stride 2', () => {
    expect(blurFilter(1, { filter: 'kaiser' })).toEqual([1]);
    const taps = blurFilter(2, { filter: 'kaiser' });
    expect(taps.filter((tap) => tap === 0)).toHaveLength(4);
  });
});

/** `y[i, j] = Σ a_t b_u x[S_h i + t − p, S_w j + u − q]` with reflected pixels, by sums. */
function bySums(x: tf.Tensor4D, [a, b]: [number[], number[]], [sh, sw]: [number, number]) {
  const [, height, width] = x.shape;
  const [plane] = x.squeeze([3]).arraySync() as number[][][];
  const inside = (p: number, size: number) => Math.abs(size - 1 - Math.abs(size - 1 - p));
  const before = (taps: number[]) => Math.floor((taps.length - 1) / 2);
  const y: number[] = [];
  for (let i = 0; i < height; i += sh)
    for (let j = 0; j < width; j += sw) {
      let sum = 0;
      a.forEach((first, t) => {
        b.forEach((second, u) => {
          const row = plane![inside(i + t - before(a), height)]!;
          sum += first * second * row[inside(j + u - before(b), width)]!;
        });
      });
      y.push(sum);
    }
  return y;
}

describe('a filter for each axis', () => {
  const skewed = [0.1, 0.5, 0.3, -0.1];
  it.each<[string, { filter?: BlurFilter; filterSize?: number | number[] }, [number[], number[]]]>([
    ['binomials', { filterSize: [1, 4] }, [[1], [0.125, 0.375, 0.375, 0.125]]],
    [
      'designed for its stride',
      { filter: 'kaiser' },
      [
        windowedSinc(11, 2, 0.5842 * 19 ** 0.4 + 0.07886 * 19),
        windowedSinc(15, 3, 0.5842 * 19 ** 0.4 + 0.07886 * 19),
      ],
    ],
    [
      'one list of taps',
      { filter: { taps: [1, 3] } },
      [
        [0.25, 0.75],
        [0.25, 0.75],
      ],
    ],
    [
      'two lists',
      { filter: { taps: [skewed, [2, 2, 4]] } },
      [skewed.map((t) => t / 0.8), [0.25, 0.25, 0.5]],
    ],
  ])('%s', (_, options, filters) => {
    tf.tidy(() => {
      const x = unitTensor(5, [1, 9, 11, 1]) as tf.Tensor4D;
      const want = bySums(x, filters, [2, 3]);
      expect(relativeError(blurPool(x, [2, 3], options).dataSync(), want)).toBeLessThan(1e-6);
      const layer = new BlurPool({ strides: [2, 3], ...options });
      expect(relativeError((layer.apply(x) as tf.Tensor).dataSync(), want)).toBeLessThan(1e-6);
      const { rows, columns } = layer.matrices([9, 11]);
      const product = tf.matMul(tf.matMul(rows, x.squeeze()), columns, false, true);
      expect(relativeError(product.dataSync(), want)).toBeLessThan(1e-6);
    });
  });

  it('may be typed arrays', () => {
    expect(blurFilter(2, { filter: { taps: Int32Array.of(1, 2, 1) as never } })).toEqual([
      0.25, 0.5, 0.25,
    ]);
    tf.tidy(() => {
      const x = unitTensor(3, [1, 8, 8, 1]) as tf.Tensor4D;
      const lists = [
        [1, 3],
        [2, 5, 1],
      ];
      const each = [Float32Array.from(lists[0]!), Int32Array.from(lists[1]!)];
      for (const [taps, plain] of [
        [each[0], lists[0]],
        [each, lists],
      ]) {
        const want = blurPool(x, 2, { filter: { taps: plain as number[] } });
        const filter = { taps: taps as never };
        expect([...blurPool(x, 2, { filter }).dataSync()]).toEqual([...want.dataSync()]);
        const config = new BlurPool({ filter }).getConfig();
        expect(config.filter).toEqual({ taps: plain });
      }
    });
  });

  it('blurs the dense maximum too', () => {
    tf.tidy(() => {
      const x = unitTensor(6, [1, 9, 11, 2]) as tf.Tensor4D;
      const options = { filter: { taps: [[1, 2], [1]] } };
      const want = blurPool(tf.maxPool(x, 3, 1, 'valid'), 2, options);
      const got = maxBlurPool(x, 2, { ...options, poolSize: 3 });
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-6);
    });
  });
});

describe('the layer', () => {
  it('counts the taps that are not 0', () => {
    const layer = new BlurPool({ filter: 'kaiser', padding: 'circular' });
    const { ran, needed } = measureMultiplyAdds(layer, [[12, 14, 2]]);
    const count = layer.multiplyAdds([], [12, 14, 2]);
    expect(count).toBe(2 * 7 * (6 * 14 + 6 * 7));
    expect(count).toBeLessThanOrEqual(ran);
    expect(count).toBeGreaterThanOrEqual(needed * 0.95);
    layer.dispose();
  });

  it.each([
    [{}, { filter: 'binomial', filterSize: 3, attenuation: null }],
    [{ filter: 'kaiser' }, { filter: 'kaiser', filterSize: null, attenuation: 40 }],
    [{ filter: { taps: [1, 2] } }, { filter: { taps: [1, 2] }, filterSize: null }],
  ] as const)('of %j has its whole configuration', (given, whole) => {
    const layer = new BlurPool(given as { filter: BlurFilter });
    expect(layer.getConfig()).toMatchObject(whole);
    const copy = BlurPool.fromConfig(BlurPool, layer.getConfig());
    expect(copy.getConfig()).toEqual(layer.getConfig());
  });
});

describe('an output size', () => {
  it('is that of strides where these divide the input', () => {
    tf.tidy(() => {
      const x = unitTensor(4, [1, 12, 12, 2]) as tf.Tensor4D;
      const want = blurPool(x, [2, 3], { filter: 'kaiser' });
      const got = blurPool(x, undefined, { outputSize: [6, 4] });
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-6);
      const same = blurPool(x, undefined, { outputSize: 12 });
      expect(relativeError(same.dataSync(), x.dataSync())).toBe(0);
    });
  });

  it('centres a windowed sinc of the fractional stride at i·N/n', () => {
    tf.tidy(() => {
      const x = unitTensor(2, [1, 11, 1]) as tf.Tensor3D;
      const stride = 11 / 4;
      const half = Math.ceil((32.05 / 14.36) * stride);
      const beta = 0.5842 * 19 ** 0.4 + 0.07886 * 19;
      const want = [0, 1, 2, 3].map((i) => {
        let [sum, gain] = [0, 0];
        for (let p = -30; p < 40; p++) {
          const u = p - i * stride;
          if (Math.abs(u) > half) continue;
          const wave = u === 0 ? 1 : Math.sin((Math.PI * u) / stride) / ((Math.PI * u) / stride);
          const tap = wave * bessel(beta * Math.sqrt(1 - (u / half) ** 2));
          sum += tap * x.dataSync()[Math.min(Math.max(p, 0), 10)]!;
          gain += tap;
        }
        return sum / gain;
      });
      const got = blurPool1d(x, undefined, { outputSize: 4, padding: 'replicate' });
      expect(relativeError(got.dataSync(), want)).toBeLessThan(1e-6);
    });
  });

  it('removes what the smaller size cannot represent', () => {
    tf.tidy(() => {
      const wave = (f: number, n: number) =>
        Float32Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * f * i) / n));
      const pooled = (f: number) =>
        blurPool1d(tf.tensor3d(wave(f, 48), [1, 48, 1]), undefined, {
          outputSize: 20,
          padding: 'circular',
        }).dataSync();
      // 20 pixels represent up to 10 periods. The stop band begins at 15.
      expect(Math.max(...pooled(17).map(Math.abs))).toBeLessThan(0.01);
      expect(relativeError(pooled(3), wave(3, 20))).toBeLessThan(0.02);
    });
  });

  it('is known before the size of the input', () => {
    const layer = new MaxBlurPool({ outputSize: [3, 5] });
    expect(layer.computeOutputShape([null, null, null, 2])).toEqual([null, 3, 5, 2]);
    const copy = MaxBlurPool.fromConfig<MaxBlurPool>(MaxBlurPool, layer.getConfig());
    tf.tidy(() => {
      const x = unitTensor(3, [1, 14, 16, 2]) as tf.Tensor4D;
      const want = blurPool(tf.maxPool(x, 2, 1, 'valid'), undefined, { outputSize: [3, 5] });
      expect(relativeError((copy.apply(x) as tf.Tensor).dataSync(), want.dataSync())).toBe(0);
    });
  });

  it.each([
    [2, { outputSize: 4 }, 'strides must be left out with outputSize, got 2'],
    [undefined, { outputSize: 9 }, "outputSize must be at most [8, 8], the input's, got [9, 9]"],
    [undefined, { outputSize: [4] }, 'outputSize must have 2 values, got 1'],
    [undefined, { outputSize: 4, filter: 'binomial' }, "filter must be 'kaiser' with outputSize"],
    [undefined, { outputSize: 4, filterSize: 5 }, 'filterSize must be left out with outputSize'],
  ])('at strides %s, %j is an error', (strides, options, message) => {
    const x = tf.ones([1, 8, 8, 1]) as tf.Tensor4D;
    expect(() => blurPool(x, strides, options as object)).toThrow(`blurPool: ${message}`);
  });
});

describe('bad input', () => {
  it.each([
    [{ filterSize: [3, 9] }, 'filterSize must be an integer in 1 … 7, got 9'],
    [{ filterSize: [3] }, 'filterSize must have 2 values, got 1'],
    [{ filter: 'sinc' }, "filter must be 'binomial', 'kaiser' or { taps }, got"],
    [{ filter: { taps: [1, -1] } }, 'filter.taps must have a sum other than 0'],
    [{ filter: { taps: [[1], [1], [1]] } }, 'filter.taps must have 2 values, got 3'],
    [{ filter: { taps: [1] }, filterSize: 1 }, 'filterSize must be left out if filter has taps'],
    [{ attenuation: 30 }, "attenuation must be left out unless filter is 'kaiser', got 30"],
    [{ filter: 'kaiser', attenuation: 20 }, 'attenuation must be a finite number in 21 … 120'],
  ])('%j is an error that names the option', (options, message) => {
    const x = tf.ones([1, 8, 8, 1]) as tf.Tensor4D;
    expect(() => blurPool(x, 2, options as object)).toThrow(`blurPool: ${message}`);
    expect(() => new BlurPool(options as object)).toThrow(`BlurPool: ${message}`);
  });

  it('is a stride whose filter is too long', () => {
    const design = () => blurFilter(300, { filter: 'kaiser' });
    expect(design).toThrow('blurFilter: stride must be at most 228 for filter');
    expect(blurFilter(228, { filter: 'kaiser' })).toHaveLength(1019);
  });
});
