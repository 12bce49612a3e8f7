import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** Error bound: float32 sums in another order, and float32 inputs. */
const FLOAT32 = 1e-5;
/** A fixed seed makes failures reproducible. */
const RUNS = { seed: 20_221_108, numRuns: 60 };

const size = (max: number) => fc.integer({ min: 1, max });

beforeAll(async () => {
  const info = await useBackend('wasm');
  expect(info.kernels).not.toBeNull();
});

const kernel = (name: string, inputs: Record<string, tf.Tensor>, attrs = {}) =>
  tf.engine().runKernel(name, inputs, attrs);

describe('matMul', () => {
  it('of batches matches its definition at every size, transposed or not', () => {
    const cases = fc.record({
      batch: size(4),
      shared: fc.constantFrom('none', 'left', 'right'),
      m: size(13),
      k: size(17),
      n: fc.oneof(size(40), fc.constant(70)),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ batch, shared, m, k, n, transposeA, transposeB }) => {
        tf.tidy(() => {
          const [batchA, batchB] = [shared === 'left' ? 1 : batch, shared === 'right' ? 1 : batch];
          const a = unitTensor(1, transposeA ? [batchA, k, m] : [batchA, m, k]);
          const b = unitTensor(2, transposeB ? [batchB, n, k] : [batchB, k, n]);
          const [va, vb] = [a.dataSync(), b.dataSync()];
          const want = new Float64Array(batch * m * n);
          for (let i = 0; i < batch; i++)
            for (let r = 0; r < m; r++)
              for (let c = 0; c < n; c++)
                for (let p = 0; p < k; p++) {
                  const [ia, ib] = [batchA === 1 ? 0 : i, batchB === 1 ? 0 : i];
                  const left = va[ia * m * k + (transposeA ? p * m + r : r * k + p)]!;
                  const right = vb[ib * k * n + (transposeB ? c * k + p : p * n + c)]!;
                  want[(i * m + r) * n + c]! += left * right;
                }
          const product = tf.matMul(a, b, transposeA, transposeB);
          expect(product.shape).toEqual([batch, m, n]);
          expect(relativeError(product.dataSync(), want)).toBeLessThan(FLOAT32);
        });
      }),
      RUNS,
    );
  });
});

it.each([1, 3])('a convolution without input channels is 0, with a filter of side %i', (side) => {
  tf.tidy(() => {
    const [x, filter] = [tf.zeros([2, 9, 20, 0]), tf.zeros([side, side, 0, 8])];
    const convolve = (...given: tf.Tensor[]) =>
      tf.conv2d(given[0] as tf.Tensor4D, given[1] as tf.Tensor4D, 1, 'same');
    const y = convolve(x, filter);
    expect(y.shape).toEqual([2, 9, 20, 8]);
    expect(y.dataSync().every((value) => value === 0)).toBe(true);
    const gradients = tf.grads(convolve)([x, filter], tf.onesLike(y));
    expect(gradients.map(({ shape }) => shape)).toEqual([x.shape, filter.shape]);
  });
});

it('refuses products of other dtypes, which tfjs does not compute on wasm', () => {
  tf.tidy(() => {
    const a = tf.ones([2, 3, 3], 'int32');
    expect(() => tf.matMul(a, a)).toThrow('matMul: a must be float32 on wasm, got int32');
  });
});

describe('convolutions', () => {
  /** Computes y, dx and df by their definition, in float64. */
  function naive(
    x: tf.Tensor4D,
    f: tf.Tensor4D,
    dy: tf.Tensor4D,
    [sh, sw]: [number, number],
    [eh, ew]: [number, number],
    top: number,
    left: number,
  ) {
    const [n, H, W, A] = x.shape;
    const [kh, kw, , B] = f.shape;
    const [, h, w] = dy.shape;
    const [vx, vf, vd] = [x.dataSync(), f.dataSync(), dy.dataSync()];
    const y = new Float64Array(dy.size);
    const dx = new Float64Array(x.size);
    const df = new Float64Array(f.size);
    for (let b = 0; b < n; b++)
      for (let p = 0; p < h; p++)
        for (let q = 0; q < w; q++)
          for (let i = 0; i < kh; i++)
            for (let j = 0; j < kw; j++) {
              const row = p * sh + i * eh - top;
              const column = q * sw + j * ew - left;
              if (row < 0 || row >= H || column < 0 || column >= W) continue;
              for (let a = 0; a < A; a++)
                for (let c = 0; c < B; c++) {
                  const at = ((b * H + row) * W + column) * A + a;
                  const tap = ((i * kw + j) * A + a) * B + c;
                  const out = ((b * h + p) * w + q) * B + c;
                  y[out]! += vx[at]! * vf[tap]!;
                  dx[at]! += vd[out]! * vf[tap]!;
                  df[tap]! += vd[out]! * vx[at]!;
                }
            }
    return { y, dx, df };
  }

  it('and both gradients match their definition at every size', () => {
    const side = fc.oneof({ weight: 4, arbitrary: size(13) }, { weight: 1, arbitrary: size(70) });
    const margin = fc.tuple(fc.nat(3), fc.nat(3));
    const cases = fc.record({
      n: size(2),
      height: side,
      width: side,
      channels: fc.oneof(size(9), fc.constantFrom(24, 31)),
      filters: fc.oneof(size(19), fc.constantFrom(32, 33)),
      kh: size(4),
      kw: size(4),
      strides: fc.tuple(size(3), size(3)),
      dilations: fc.oneof(fc.constant<[number, number]>([1, 1]), fc.tuple(size(3), size(3))),
      padding: fc.oneof(
        fc.constantFrom('same' as const, 'valid' as const),
        fc.tuple(margin, margin),
      ),
    });
    fc.assert(
      fc.property(
        cases,
        ({ n, height, width, channels, filters, kh, kw, strides, dilations, padding }) => {
          const reach = [(kh - 1) * dilations[0], (kw - 1) * dilations[1]] as const;
          const [above, beside] =
            typeof padding === 'string'
              ? [
                  [0, 0],
                  [0, 0],
                ]
              : padding;
          fc.pre(padding === 'same' || height + above[0]! + above[1]! > reach[0]);
          fc.pre(padding === 'same' || width + beside[0]! + beside[1]! > reach[1]);
          tf.tidy(() => {
            const x = unitTensor(1, [n, height, width, channels]) as tf.Tensor4D;
            const f = unitTensor(2, [kh, kw, channels, filters]) as tf.Tensor4D;
            const pad = typeof padding === 'string' ? padding : [[0, 0], above, beside, [0, 0]];
            const attrs = { strides, dilations, pad, dataFormat: 'NHWC' };
            const run = (name: string, inputs: Record<string, tf.Tensor>, more = {}) =>
              kernel(name, inputs, { ...attrs, ...more }) as tf.Tensor4D;
            const y = run('Conv2D', { x, filter: f });
            const dy = unitTensor(3, y.shape) as tf.Tensor4D;
            const before = (out: number, stride: number, taps: number, input: number) =>
              Math.floor(Math.max(0, (out - 1) * stride + taps + 1 - input) / 2);
            const isSame = padding === 'same';
            const want = naive(
              x,
              f,
              dy,
              strides,
              dilations,
              isSame ? before(y.shape[1], strides[0], reach[0], height) : above[0]!,
              isSame ? before(y.shape[2], strides[1], reach[1], width) : beside[0]!,
            );
            const dx = run('Conv2DBackpropInput', { dy, filter: f }, { inputShape: x.shape });
            const df = run('Conv2DBackpropFilter', { x, dy }, { filterShape: f.shape });
            expect(relativeError(y.dataSync(), want.y)).toBeLessThan(FLOAT32);
            expect(relativeError(dx.dataSync(), want.dx)).toBeLessThan(FLOAT32);
            expect(relativeError(df.dataSync(), want.df)).toBeLessThan(FLOAT32);
          });
        },
      ),
      { ...RUNS, numRuns: 150 },
    );
  });

  it('have gradients through the op, also dilated', () => {
    tf.tidy(() => {
      const x = unitTensor(1, [2, 9, 11, 3]) as tf.Tensor4D;
      const f = unitTensor(2, [3, 2, 3, 5]) as tf.Tensor4D;
      const op = (a: tf.Tensor, b: tf.Tensor) =>
        tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'valid', 'NHWC', [2, 3]);
      const y = op(x, f);
      const dy = unitTensor(3, y.shape) as tf.Tensor4D;
      const want = naive(x, f, dy, [1, 1], [2, 3], 0, 0);
      const [dx, df] = tf.grads(op)([x, f], dy);
      expect(relativeError(y.dataSync(), want.y)).toBeLessThan(FLOAT32);
      expect(relativeError(dx!.dataSync(), want.dx)).toBeLessThan(FLOAT32);
      expect(relativeError(df!.dataSync(), want.df)).toBeLessThan(FLOAT32);
    });
  });
});

describe('the gradient of max pooling', () => {
  it('matches its definition at every size, and goes to the first of equal maxima', () => {
    const cases = fc.record({
      height: size(9),
      width: size(9),
      channels: size(5),
      window: fc.tuple(size(4), size(4)),
      strides: fc.tuple(size(3), size(3)),
      same: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ height, width, channels, window, strides, same }) => {
        fc.pre(same || (window[0] <= height && window[1] <= width));
        tf.tidy(() => {
          // Few different values, so that ties are common.
          const x = tf.floor(tf.mul(unitTensor(5, [2, height, width, channels]), 3)) as tf.Tensor4D;
          const padding = same ? 'same' : 'valid';
          const info = tf.backend_util.computePool2DInfo(x.shape, window, strides, 1, padding);
          const dy = unitTensor(6, info.outShape) as tf.Tensor4D;
          const dx = tf.grad((t) =>
            tf.sum(tf.mul(tf.maxPool(t as tf.Tensor4D, window, strides, padding), dy)),
          )(x);
          const [values, upstream] = [x.dataSync(), dy.dataSync()];
          const want = new Float64Array(x.size);
          for (let n = 0; n < 2; n++)
            for (let p = 0; p < info.outHeight; p++)
              for (let q = 0; q < info.outWidth; q++)
                for (let c = 0; c < channels; c++) {
                  let best = -1;
                  for (let i = 0; i < window[0]; i++)
                    for (let j = 0; j < window[1]; j++) {
                      const row = p * strides[0] + i - info.padInfo.top;
                      const column = q * strides[1] + j - info.padInfo.left;
                      if (row < 0 || row >= height || column < 0 || column >= width) continue;
                      const at = ((n * height + row) * width + column) * channels + c;
                      if (best < 0 || values[at]! > values[best]!) best = at;
                    }
                  want[best]! +=
                    upstream[((n * info.outHeight + p) * info.outWidth + q) * channels + c]!;
                }
          expect(relativeError(dx.dataSync(), want)).toBeLessThan(FLOAT32);
        });
      }),
      RUNS,
    );
  });
});

describe('sums and ReLU', () => {
  it('match their definitions at every size', () => {
    fc.assert(
      fc.property(size(300), size(21), (rows, columns) => {
        tf.tidy(() => {
          const x = unitTensor(rows, [rows, columns]);
          const values = x.dataSync();
          const totals = new Float64Array(columns);
          values.forEach((value, i) => {
            totals[i % columns]! += value;
          });
          expect(relativeError(tf.sum(x, 0).dataSync(), totals)).toBeLessThan(FLOAT32);
          const dy = unitTensor(9, [rows, columns]);
          const dx = tf
            .grad((t) => tf.sum(tf.mul(tf.relu(t), dy)))(x)
            .dataSync();
          const want = dy.dataSync().map((value, i) => (values[i]! > 0 ? value : 0));
          expect(relativeError(dx, want)).toBe(0);
        });
      }),
      RUNS,
    );
  });
});

describe('batch norm in training', () => {
  /** Computes outputs, gradients and moving averages of a layer on the backend in use. */
  function trained(shape: number[], offset: number) {
    return tf.tidy(() => {
      const channels = shape.at(-1)!;
      const layer = tf.layers.batchNormalization({ epsilon: 1e-3, momentum: 0.7 });
      const x = tf.add(unitTensor(4, shape), offset);
      layer.apply(x);
      layer.setWeights([
        tf.add(unitTensor(1, [channels]), 2),
        unitTensor(2, [channels]),
        tf.zeros([channels]),
        tf.ones([channels]),
      ]);
      const upstream = unitTensor(5, shape);
      const variables = layer.trainableWeights.map((w) => w.read() as tf.Variable);
      const loss = (t: tf.Tensor) =>
        tf.sum(tf.mul(layer.apply(t, { training: true }) as tf.Tensor, upstream)) as tf.Scalar;
      const dx = tf.grad(loss)(x);
      const { value, grads } = tf.variableGrads(() => loss(x), variables);
      const values = [
        value,
        dx,
        ...variables.map(({ name }) => grads[name]!),
        ...layer.getWeights(),
      ].flatMap((t) => [...t.dataSync()]);
      layer.dispose();
      return values;
    });
  }

  it.each([
    [[8, 6, 5, 7], 0],
    [[3, 4, 4, 16], 0],
    [[300, 5], 0],
    [[2, 5, 5, 8], 50],
  ] as const)('of %j around %i matches tfjs-layers', async (shape, offset) => {
    await useBackend('cpu');
    const want = trained([...shape], offset);
    await useBackend('wasm');
    const got = trained([...shape], offset);
    // The oracle is float32 too. Its variance loses digits near 50.
    expect(relativeError(got, want)).toBeLessThan(offset ? 1e-3 : 1e-4);
  });

  it('leaks nothing', async () => {
    await useBackend('wasm');
    const layer = tf.layers.batchNormalization({});
    const x = unitTensor(1, [4, 3, 3, 2]);
    const step = () => tf.dispose(layer.apply(x, { training: true }) as tf.Tensor);
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) step();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
