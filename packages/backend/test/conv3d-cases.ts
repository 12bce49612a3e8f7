import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { poisonMemory } from './poison.js';

/** Error bound: float32 sums in another order. */
const FLOAT32 = 1e-5;

type Triple = [number, number, number];

interface Case {
  image: Triple;
  window: Triple;
  strides: Triple;
  pad: 'same' | 'valid';
}

const [BATCH, CHANNELS, FILTERS] = [2, 3, 4];

/** Computes y, and the gradients of Σ y·dy, by their definition in float64. */
function direct(
  { image, window, strides, pad }: Case,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
) {
  const outputs = image.map((size, axis) =>
    pad === 'same'
      ? Math.ceil(size / strides[axis]!)
      : Math.floor((size - window[axis]!) / strides[axis]!) + 1,
  );
  const before = image.map((size, axis) => {
    const reach = (outputs[axis]! - 1) * strides[axis]! + window[axis]!;
    return pad === 'same' ? Math.floor(Math.max(0, reach - size) / 2) : 0;
  });
  const places = (sizes: number[]) => {
    const [a, b, c] = sizes as Triple;
    return Array.from({ length: a * b * c }, (_, at) => [
      Math.floor(at / (b * c)),
      Math.floor(at / c) % b,
      at % c,
    ]);
  };
  const [outs, taps] = [places(outputs), places(window)];
  const y = new Float64Array(BATCH * outs.length * FILTERS);
  const dx = new Float64Array(x.length);
  const df = new Float64Array(filter.length);
  for (let n = 0; n < BATCH; n++)
    outs.forEach((out, place) => {
      taps.forEach((offsets, tap) => {
        const at = out.map((p, axis) => p * strides[axis]! + offsets[axis]! - before[axis]!);
        if (at.some((position, axis) => position < 0 || position >= image[axis]!)) return;
        const pixel = ((n * image[0] + at[0]!) * image[1] + at[1]!) * image[2] + at[2]!;
        for (let a = 0; a < CHANNELS; a++)
          for (let b = 0; b < FILTERS; b++) {
            const from = pixel * CHANNELS + a;
            const weight = (tap * CHANNELS + a) * FILTERS + b;
            const to = (n * outs.length + place) * FILTERS + b;
            y[to]! += x[from]! * filter[weight]!;
            dx[from]! += dy[to]! * filter[weight]!;
            df[weight]! += dy[to]! * x[from]!;
          }
      });
    });
  return { shape: [BATCH, ...outputs, FILTERS], y, dx, df };
}

/** Declares the tests of 3-D convolutions on a backend. */
export function describeConv3d(backend: 'cpu' | 'wasm' | 'webgpu'): void {
  beforeAll(() => useBackend(backend));

  it.each<Case>([
    { image: [4, 4, 4], window: [3, 1, 1], strides: [2, 2, 2], pad: 'same' },
    { image: [5, 4, 6], window: [3, 3, 3], strides: [1, 2, 3], pad: 'same' },
    { image: [8, 8, 8], window: [3, 3, 3], strides: [4, 4, 4], pad: 'same' },
    { image: [5, 6, 5], window: [2, 3, 2], strides: [1, 1, 1], pad: 'valid' },
    { image: [1, 3, 2], window: [1, 1, 1], strides: [1, 1, 1], pad: 'same' },
    { image: [2, 3, 3], window: [5, 3, 3], strides: [1, 1, 1], pad: 'same' },
  ])('matches its definition, with its gradients: %j', (given) => {
    tf.tidy(() => {
      const x = unitTensor(1, [BATCH, ...given.image, CHANNELS]) as tf.Tensor5D;
      const filter = unitTensor(2, [...given.window, CHANNELS, FILTERS]) as tf.Tensor5D;
      const [vx, vf] = [x.dataSync(), filter.dataSync()];
      const { shape } = direct(given, vx, vf, []);
      const dy = unitTensor(3, shape);
      const want = direct(given, vx, vf, dy.dataSync());
      poisonMemory();
      const op = (a: tf.Tensor, f: tf.Tensor) =>
        tf.conv3d(a as tf.Tensor5D, f as tf.Tensor5D, given.strides, given.pad);
      const y = op(x, filter);
      expect(y.shape).toEqual(shape);
      expect(relativeError(y.dataSync(), want.y)).toBeLessThan(FLOAT32);
      const [dx, df] = tf.grads(op)([x, filter], dy) as [tf.Tensor, tf.Tensor];
      expect(relativeError(dx.dataSync(), want.dx)).toBeLessThan(FLOAT32);
      expect(relativeError(df.dataSync(), want.df)).toBeLessThan(FLOAT32);
    });
  });

  it('accepts integers, and computes with their values', () => {
    tf.tidy(() => {
      const x = tf.range(0, 8, 1, 'int32').reshape([1, 2, 2, 2, 1]) as tf.Tensor5D;
      const y = tf.conv3d(x, tf.ones([2, 2, 2, 1, 1]) as tf.Tensor5D, 1, 'valid');
      expect([...y.dataSync()]).toEqual([28]);
    });
  });

  it('leaks nothing', () => {
    const [x, filter] = [tf.ones([1, 3, 3, 3, 2]), tf.ones([2, 2, 2, 2, 2])];
    const gradient = tf.grads((a: tf.Tensor, f: tf.Tensor) =>
      tf.conv3d(a as tf.Tensor5D, f as tf.Tensor5D, 1, 'same'),
    );
    const buffers = tf.memory().numDataBuffers;
    expect(leakedTensors(() => gradient([x, filter]))).toBe(0);
    expect(tf.memory().numDataBuffers).toBe(buffers);
    tf.dispose([x, filter]);
  });

  it('reads dilated pixels', () => {
    tf.tidy(() => {
      const x = unitTensor(1, [1, 5, 4, 6, 1]) as tf.Tensor5D;
      const filter = unitTensor(2, [2, 2, 2, 1, 1]) as tf.Tensor5D;
      const y = tf.conv3d(x, filter, 1, 'valid', 'NDHWC', [2, 1, 3]);
      expect(y.shape).toEqual([1, 3, 3, 3, 1]);
      const [vx, vf] = [x.dataSync(), filter.dataSync()];
      let first = 0;
      for (let at = 0; at < 8; at++) {
        const [i, j, k] = [at >> 2, (at >> 1) & 1, at & 1] as const;
        first += vx[2 * i * 24 + j * 6 + 3 * k]! * vf[at]!;
      }
      expect(y.dataSync()[0]).toBeCloseTo(first, 5);
    });
  });
}
