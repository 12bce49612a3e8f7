import { useBackend } from '@ds/backend';
import { diffStride } from '@ds/layers/ops';
import { horizontalMask, verticalMask } from '@ds/masks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { joined, type PooledShare, pixels } from '../src/workers/picture-shares.js';
import { lostShare, pictureSpectrum } from '../src/workers/picture-spectrum.js';
import { PooledSpectrum } from '../src/workers/pool-spectrum.js';

type Pair = readonly [number, number];

/** A picture of a size, with something of every frequency, well inside 0 … 255. */
function picture(width: number, height: number) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = 90 + ((i * i * 31 + 7 * i) % 73);
  return { width, height, data };
}

function masks(size: Pair, strides: Pair, R: number): [Float32Array, Float32Array] {
  return tf.tidy(() =>
    size.map((side, axis) => {
      const used = tf.scalar(
        side > R ? Math.max(strides[axis]!, side / (side - R)) : strides[axis]!,
      );
      return (axis === 0 ? verticalMask(side, used, R) : horizontalMask(side, used, R)).dataSync();
    }),
  ) as unknown as [Float32Array, Float32Array];
}

/** What the library makes of a picture, in bytes, and what its masks take away. */
function byTheLibrary({ width, height, data }: ReturnType<typeof picture>, s: Pair, R: number) {
  const rgb = [...data].filter((_, i) => i % 4 !== 3).map((byte) => byte / 255);
  const options = { smoothness: R, norm: 'forward' } as const;
  const strides = tf.tensor1d([...s]);
  const x = tf.tensor4d(rgb, [1, height, width, 3]);
  const y = diffStride(x, strides, options);
  const error = tf.tidy(() => {
    const low = diffStride(x, strides, { ...options, cropping: false });
    return tf.norm(tf.sub(x, low)).div(tf.norm(x)).dataSync()[0]!;
  });
  const bytes = Uint8ClampedArray.from(y.dataSync(), (value) => 255 * value);
  const size = y.shape.slice(1, 3);
  tf.dispose([x, y, strides]);
  return { size, bytes, error };
}

/** A value half-way between two bytes may go either way. */
function expectSame(shares: PooledShare[], { size, bytes }: ReturnType<typeof byTheLibrary>) {
  const { height, width, data } = joined(shares);
  expect([height, width]).toEqual(size);
  const worst = [...data]
    .filter((_, i) => i % 4 !== 3)
    .reduce((max, byte, i) => Math.max(max, Math.abs(byte - bytes[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(1);
  expect(data.every((byte, i) => i % 4 !== 3 || byte === 255)).toBe(true);
}

describe('a picture pooled by its spectrum', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    [16, 16, [2, 2], 2],
    [30, 20, [1.7, 2.9], 3],
    [22, 14, [3.1, 1.5], 0],
    [12, 34, [2.2, 4], 5],
    [64, 2, [1, 6], 1],
    [18, 15, [1, 1.3], 2],
  ] as const)('%i×%i, strides %j, R %i: as the library does', async (width, height, strides, R) => {
    const shown = picture(width, height);
    const before = tf.memory().numTensors;
    const spectrum = pictureSpectrum(shown);
    const pooled = new PooledSpectrum(spectrum);
    const cut = masks([height, width], strides, R);
    const expected = byTheLibrary(shown, strides, R);
    const whole = await pooled.pool(...cut);
    expectSame([whole], expected);
    const shares = [0, 1, 2].map((index) => pooled.pool(...cut, { index, of: 3 }));
    const parts = await Promise.all(shares);
    expectSame(parts, expected);
    expect(parts.reduce((sum, { rows }) => sum + rows.length, 0)).toBeLessThan(2 * whole.height);
    // Columns 0 and W/2 lose besides what real signals cannot have there: the published masks
    // differ for ±k.
    expect(lostShare(spectrum, ...cut)).toBeCloseTo(expected.error, 3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [48, 36, [2, 2.5], 3],
    [26, 33, [1.2, 3], 4],
  ] as const)(
    '%i×%i, strides %j, R %i: one slider after the other, with what is kept of the axis at rest',
    async (width, height, [sh, sw], R) => {
      const shown = picture(width, height);
      const share = { index: 1, of: 2 };
      const pooled = new PooledSpectrum(pictureSpectrum(shown));
      const other = new PooledSpectrum(pictureSpectrum(shown));
      await pooled.pool(...masks([height, width], [sh, sw], R), share);
      const before = tf.memory().numTensors;
      await pooled.prepare();
      expect(tf.memory().numTensors).toBe(before);
      // Down, finer and coarser; across, with fewer and more columns than were kept; then both; and
      // across from there.
      const moves: [Pair, number, isPrepared?: boolean][] = [
        [[sh, sw], R],
        [[1.1 * sh, sw], R],
        [[1, sw], R],
        [[sh, 1], R],
        [[sh, 2 * sw], R],
        [[1, 1], R + 2],
        [[1, sw], R + 2, true],
        [[2, sw], R + 2, true],
      ];
      for (const [strides, smoothness, isPrepared] of moves) {
        if (isPrepared) await pooled.prepare();
        const cut = masks([height, width], strides, smoothness);
        const parts = [
          await other.pool(...cut, { index: 0, of: 2 }),
          await pooled.pool(...cut, share),
        ];
        expectSame(parts, byTheLibrary(shown, strides, smoothness));
      }
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('makes half of the products when one axis rests, once that is prepared', async () => {
    const pooled = new PooledSpectrum(pictureSpectrum(picture(16, 12)));
    const products = async (strides: Pair) => {
      const cut = masks([12, 16], strides, 1);
      const { kernels } = await tf.profile(async () => {
        await pooled.pool(...cut);
        return tf.scalar(0);
      });
      return kernels.filter(({ name }) => name === 'BatchMatMul').length;
    };
    expect(await products([2, 2])).toBe(32);
    await pooled.prepare();
    expect([await products([1.5, 2]), await products([2, 3])]).toEqual([16, 16]);
    expect(await products([1.5, 1.5])).toBe(32);
  });

  it('writes to the memory that it is given, if that is enough', async () => {
    const pooled = new PooledSpectrum(pictureSpectrum(picture(16, 12)));
    const cut = masks([12, 16], [1, 2], 0);
    const { data, rows, width } = await pooled.pool(...cut);
    const room = new ArrayBuffer(data.length + 40);
    const again = await pooled.pool(...cut, { index: 0, of: 1 }, room);
    expect(again.data.buffer).toBe(room);
    expect(again.data).toEqual(data);
    const small = await pooled.pool(...cut, { index: 0, of: 1 }, new ArrayBuffer(8));
    expect(small.data).toEqual(data);
    const shown = pixels(rows.length * width);
    expect(joined([again], shown).data.buffer).toBe(shown.buffer);
  });
});
