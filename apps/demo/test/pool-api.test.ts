import { useBackend } from '@ds/backend';
import { diffStride } from '@ds/layers/ops';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { joined, type PooledShare, pixels } from '../src/workers/picture-shares.js';
import { poolApi } from '../src/workers/pool-api.js';

// The page's tfjs is for bundles: here it would be read and translated file by file.
vi.mock('../src/workers/tfjs.js', () => ({ startBackend: useBackend }));

type Pair = readonly [number, number];

/** A picture of a size, with something of every frequency, well inside 0 … 255. */
function picture(width: number, height: number) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = 90 + ((i * i * 31 + 7 * i) % 73);
  return { width, height, data };
}

function imageOf({ width, height, data }: ReturnType<typeof picture>): tf.Tensor4D {
  const rgb = [...data].filter((_, i) => i % 4 !== 3).map((byte) => byte / 255);
  return tf.tensor4d(rgb, [1, height, width, 3]);
}

/** What the op makes of a picture, in bytes. */
function byTheOp(shown: ReturnType<typeof picture>, s: Pair, smoothness: number) {
  const options = { smoothness, norm: 'forward' } as const;
  const strides = tf.tensor1d([...s]);
  const x = imageOf(shown);
  const y = diffStride(x, strides, options);
  const bytes = Uint8ClampedArray.from(y.dataSync(), (value) => 255 * value);
  const size = y.shape.slice(1, 3);
  tf.dispose([x, y, strides]);
  return { size, bytes };
}

/** The share of the picture's norm that the op takes away without a crop. */
function lostByTheOp(shown: ReturnType<typeof picture>, s: Pair, smoothness: number): number {
  return tf.tidy(() => {
    const x = imageOf(shown);
    const options = { smoothness, norm: 'forward', cropping: false } as const;
    const low = diffStride(x, tf.tensor1d([...s]), options);
    return tf.norm(tf.sub(x, low)).div(tf.norm(x)).dataSync();
  })[0]!;
}

/** A value half-way between two bytes may go either way. */
function expectSame(shares: PooledShare[], { size, bytes }: ReturnType<typeof byTheOp>) {
  const { height, width, data } = joined(shares);
  expect([height, width]).toEqual(size);
  const worst = [...data]
    .filter((_, i) => i % 4 !== 3)
    .reduce((max, byte, i) => Math.max(max, Math.abs(byte - bytes[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(1);
  expect(data.every((byte, i) => i % 4 !== 3 || byte === 255)).toBe(true);
}

function move([strideH, strideW]: Pair, smoothness: number, index = 0, of = 1, room?: ArrayBuffer) {
  return poolApi.pool({ strideH, strideW, smoothness }, { index, of }, room);
}

describe('the worker of the first panel', () => {
  beforeAll(() => useBackend('wasm'));
  afterEach(() => vi.useRealTimers());

  it.each([
    [16, 16, [2, 2], 2],
    [30, 20, [1.7, 2.9], 3],
    [22, 14, [3.1, 1.5], 0],
    [12, 34, [2.2, 4], 5],
    [64, 2, [1, 6], 1],
    [18, 15, [1, 1.3], 2],
  ] as const)(
    '%i×%i, strides %j, R %i: pools as the op does',
    async (width, height, strides, R) => {
      const shown = picture(width, height);
      const before = tf.memory().numTensors;
      await poolApi.setPicture(shown);
      const expected = byTheOp(shown, strides, R);
      const whole = await move(strides, R);
      expectSame([whole.picture], expected);
      const parts = await Promise.all([0, 1, 2].map((index) => move(strides, R, index, 3)));
      expectSame(
        parts.map((part) => part.picture),
        expected,
      );
      // Columns 0 and W/2 lose besides what real signals cannot have there: the published masks
      // differ for ±k.
      expect(whole.error).toBeCloseTo(lostByTheOp(shown, strides, R), 3);
      expect(parts.map(({ error }) => Number.isNaN(error))).toEqual([false, true, true]);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it.each([
    [22, 13, [3.1, 1.5], 0],
    [1, 15, [2, 1.3], 2],
    [11, 1, [2, 1.3], 2],
  ] as const)('%i×%i, strides %j, R %i: odd sides, cropped', async (width, height, strides, R) => {
    const shown = picture(width, height);
    await poolApi.setPicture(shown);
    expectSame([(await move(strides, R)).picture], byTheOp(shown, strides, R));
  });

  it('writes to the memory that it is given, if that is enough', async () => {
    await poolApi.setPicture(picture(16, 12));
    const first = await move([1, 2], 0);
    const { data, rows, width } = first.picture;
    const room = new ArrayBuffer(data.length + 40);
    new Uint8Array(room).fill(255);
    const again = await move([1, 2], 0, 0, 1, room);
    expect(again.picture.data.buffer).toBe(room);
    expect(again.picture.data).toEqual(data);
    const small = await move([1, 2], 0, 0, 1, new ArrayBuffer(8));
    expect(small.picture.data).toEqual(data);
    const kept = pixels(rows.length * width);
    expect(joined([again.picture], kept).data.buffer).toBe(kept.buffer);
  });

  it('halves the products of a stride when the sliders have been still', async () => {
    vi.useFakeTimers();
    await poolApi.setPicture(picture(16, 12));
    const products = async (strides: Pair) => {
      const { kernels, result } = await tf.profile(async () => {
        await move(strides, 1);
        return tf.scalar(0);
      });
      tf.dispose(result);
      return kernels.filter(({ name }) => name === 'BatchMatMul').length;
    };
    expect(await products([2, 2])).toBe(32);
    await vi.advanceTimersByTimeAsync(1000);
    expect([await products([1.5, 2]), await products([2, 3])]).toEqual([16, 16]);
    expect(await products([1.5, 1.5])).toBe(32);
  });
});
