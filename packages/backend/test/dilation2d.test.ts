import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { type Sizes, shapesOf } from './direct-convolution.js';
import { poisonMemory } from './poison.js';

/** Error bound: one float32 sum, and sums of gradients in another order. */
const FLOAT32 = 1e-6;

/** Computes y, and the gradients of Σ y·dy, by their definition in float64: maxima of sums. */
function direct(
  sizes: Sizes,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
) {
  const { image, channels, window, strides, dilations } = sizes;
  const { y: shape, top, left } = shapesOf(sizes, true);
  const [batch, h, w] = shape as [number, number, number, number];
  const y = new Float64Array(batch * h * w * channels);
  const dx = new Float64Array(x.length);
  const df = new Float64Array(filter.length);
  y.forEach((_, to) => {
    const c = to % channels;
    const place = Math.floor(to / channels);
    const [n, p, q] = [Math.floor(place / (h * w)), Math.floor(place / w) % h, place % w];
    const sums: [number, number, number][] = [];
    for (let i = 0; i < window[0]; i++)
      for (let j = 0; j < window[1]; j++) {
        const row = p * strides[0] + i * dilations[0] - top;
        const column = q * strides[1] + j * dilations[1] - left;
        if (row < 0 || row >= image[0] || column < 0 || column >= image[1]) continue;
        const from = ((n * image[0] + row) * image[1] + column) * channels + c;
        const tap = (i * window[1] + j) * channels + c;
        sums.push([x[from]! + filter[tap]!, from, tap]);
      }
    const [best, from, tap] = sums.reduce((a, b) => (b[0] > a[0] ? b : a));
    y[to] = best;
    dx[from]! += dy[to]!;
    df[tap]! += dy[to]!;
  });
  return { shape, y, dx, df };
}

const plain = { batch: 2, channels: 3, filters: 1 };

describe.each(['cpu', 'wasm'] as const)('dilation2d on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each<Sizes>([
    { ...plain, image: [4, 4], window: [3, 1], strides: [2, 2], dilations: [1, 1], pad: 'same' },
    { ...plain, image: [5, 7], window: [3, 3], strides: [2, 1], dilations: [1, 1], pad: 'same' },
    { ...plain, image: [6, 6], window: [1, 1], strides: [3, 3], dilations: [1, 1], pad: 'same' },
    { ...plain, image: [8, 7], window: [2, 3], strides: [2, 3], dilations: [1, 1], pad: 'valid' },
    { ...plain, image: [7, 7], window: [3, 2], strides: [1, 1], dilations: [2, 2], pad: 'same' },
  ])('matches its definition, with its gradients: %j', (sizes) => {
    tf.tidy(() => {
      const x = unitTensor(1, [sizes.batch, ...sizes.image, sizes.channels]) as tf.Tensor4D;
      const filter = unitTensor(2, [...sizes.window, sizes.channels]) as tf.Tensor3D;
      const dy = unitTensor(3, shapesOf(sizes, true).y);
      const want = direct(sizes, x.dataSync(), filter.dataSync(), dy.dataSync());
      poisonMemory();
      const op = (a: tf.Tensor, f: tf.Tensor) =>
        tf.dilation2d(
          a as tf.Tensor4D,
          f as tf.Tensor3D,
          sizes.strides,
          sizes.pad as 'same',
          sizes.dilations,
        );
      const y = op(x, filter);
      expect(y.shape).toEqual(want.shape);
      expect(relativeError(y.dataSync(), want.y)).toBeLessThan(FLOAT32);
      const [dx, df] = tf.grads(op)([x, filter], dy) as [tf.Tensor, tf.Tensor];
      expect(relativeError(dx.dataSync(), want.dx)).toBeLessThan(FLOAT32);
      expect(relativeError(df.dataSync(), want.df)).toBeLessThan(FLOAT32);
    });
  });
});
