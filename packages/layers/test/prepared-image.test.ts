import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DiffStrideOptions, diffStride, spectralPool } from '../src/ops.js';
import {
  type PooledRows,
  type PreparedImage,
  prepareImage,
  type RowShare,
} from '../src/prepared.js';
import { diffStrideBySums } from './diff-stride-by-sums.js';

/** The tolerance between two float32 algorithms. */
const FLOAT32 = 2e-6;

type Pair = [number, number];

const SIZES: Pair[] = [
  [1, 1],
  [1, 7],
  [5, 1],
  [2, 2],
  [3, 4],
  [6, 9],
  [13, 11],
  [16, 10],
  [7, 16],
];

const THREE = [0, 1, 2].map((index) => ({ index, of: 3 }));

/** Joins shares to one image. Rows in several shares must be equal. */
function joined(shares: PooledRows[], pixel: number): Float32Array {
  const { height, width } = shares[0]!;
  const whole = new Float32Array(height * width * pixel).fill(Number.NaN);
  for (const { rows, values } of shares) {
    expect(values).toHaveLength(rows.length * width * pixel);
    rows.forEach((row, i) => {
      whole.set(values.subarray(i * width * pixel, (i + 1) * width * pixel), row * width * pixel);
    });
  }
  return whole;
}

/** Prepares an image for `use`, and checks that no tensor leaks. */
async function withPrepared(
  x: tf.Tensor3D,
  use: (image: PreparedImage) => Promise<unknown>,
): Promise<void> {
  const before = tf.memory().numTensors;
  const image = await prepareImage(x);
  await use(image);
  image.dispose();
  expect(tf.memory().numTensors).toBe(before);
}

function byOp(x: tf.Tensor3D, strides: Pair, options: DiffStrideOptions) {
  const y = tf.tidy(() =>
    diffStride(tf.expandDims(x, 0) as tf.Tensor4D, tf.tensor1d(strides), options),
  );
  const [, height, width] = y.shape;
  const values = y.dataSync();
  y.dispose();
  return { height, width, values };
}

describe.each(BACKENDS)('a prepared image on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('pools as the op does, whole, in shares, and after rest()', async () => {
    const x = unitTensor(4, [7, 6, 2]) as tf.Tensor3D;
    const want = byOp(x, [1.6, 1.3], { smoothness: 1 });
    await withPrepared(x, async (image) => {
      const pool = (share?: RowShare) => image.diffStride([1.6, 1.3], { smoothness: 1, share });
      expect(relativeError((await pool()).values, want.values)).toBeLessThan(FLOAT32);
      await image.rest('columns');
      expect(relativeError((await pool()).values, want.values)).toBeLessThan(FLOAT32);
      const shares = [await pool({ index: 0, of: 2 }), await pool({ index: 1, of: 2 })];
      await image.rest('rows');
      shares[1] = await pool({ index: 1, of: 2 });
      expect(relativeError(joined(shares, 2), want.values)).toBeLessThan(FLOAT32);
    });
    x.dispose();
  });
});

describe('a prepared image', () => {
  beforeAll(() => useBackend('wasm'));

  const variants: [Pair, DiffStrideOptions][] = [
    [[1.3, 2.1], { smoothness: 1.5 }],
    [[2.6, 1.1], { smoothness: 3, norm: 'forward' }],
    [[1.6, 1.9], { smoothness: 0, norm: 'backward' }],
    [[9, 9], { smoothness: 0.5 }],
    [[1.2, 1.4], { smoothness: 9 }],
    [[2, 1.5], { smoothness: 1, alignment: 'symmetric' }],
    [[2, 1.5], { smoothness: 1, cropping: false }],
    [[1.2, 3], { lowerLimit: 1.5, upperLimit: 2, smoothness: 1 }],
  ];
  it.each(variants)('pools as diffStride: strides %j, %j', async (strides, options) => {
    for (const [height, width] of SIZES) {
      const x = unitTensor(31 * height + width, [height, width, 3]) as tf.Tensor3D;
      const want = byOp(x, strides, options);
      await withPrepared(x, async (image) => {
        const whole = await image.diffStride(strides, options);
        expect([whole.height, whole.width]).toEqual([want.height, want.width]);
        expect(relativeError(whole.values, want.values)).toBeLessThan(FLOAT32);
        const shares = await Promise.all(
          THREE.map((share) => image.diffStride(strides, { ...options, share })),
        );
        expect(relativeError(joined(shares, 3), want.values)).toBeLessThan(FLOAT32);
        for (const axis of ['rows', 'columns'] as const) {
          await image.rest(axis);
          const kept = await image.diffStride(strides, { ...options, share: THREE[2]! });
          expect(kept.rows).toEqual(shares[2]!.rows);
          if (kept.values.length === 0) continue;
          expect(relativeError(kept.values, shares[2]!.values)).toBeLessThan(FLOAT32);
        }
      });
      x.dispose();
    }
  });

  it('pools as spectralPool, including an odd width and a height of 1', async () => {
    for (const [height, width] of SIZES) {
      const x = unitTensor(height + width, [height, width, 2]) as tf.Tensor3D;
      for (const strides of [
        [1, 1],
        [2, 1.4],
        [1.7, 3],
        [9, 9],
      ] as Pair[]) {
        const y = tf.tidy(() => spectralPool(tf.expandDims(x, 0) as tf.Tensor4D, strides));
        await withPrepared(x, async (image) => {
          const whole = await image.spectralPool(strides);
          expect([1, whole.height, whole.width, 2]).toEqual(y.shape);
          expect(relativeError(whole.values, y.dataSync())).toBeLessThan(FLOAT32);
          const shares = await Promise.all(
            THREE.map((share) => image.spectralPool(strides, { share })),
          );
          expect(relativeError(joined(shares, 2), y.dataSync())).toBeLessThan(FLOAT32);
        });
        y.dispose();
      }
      x.dispose();
    }
  });

  it('pools one move after the other with stored products', async () => {
    const [sh, sw] = [2, 2.5];
    const share = { index: 1, of: 2 };
    for (const [height, width] of [
      [17, 14],
      [12, 15],
    ] as Pair[]) {
      const x = unitTensor(3, [height, width, 3]) as tf.Tensor3D;
      await withPrepared(x, async (image) => {
        await image.diffStride([sh, sw], { smoothness: 3, share });
        await image.rest('rows');
        await image.rest('columns');
        // S_h alone, S_w alone, then both with R, finer and coarser. Then both rest again.
        const moves: [Pair, number, rests?: boolean][] = [
          [[1.1 * sh, sw], 3],
          [[1, sw], 3],
          [[sh, 1], 3],
          [[sh, 2 * sw], 3],
          [[1, 1], 5],
          [[1, sw], 5, true],
          [[3, sw], 5, true],
        ];
        for (const [strides, smoothness, rests] of moves) {
          if (rests) for (const axis of ['rows', 'columns'] as const) await image.rest(axis);
          const moved = await image.diffStride(strides, { smoothness, share });
          const other = await prepareImage(x);
          const rest = await other.diffStride(strides, { smoothness, share: { index: 0, of: 2 } });
          const want = byOp(x, strides, { smoothness });
          expect(relativeError(joined([rest, moved], 3), want.values)).toBeLessThan(FLOAT32);
        }
      });
      x.dispose();
    }
  });

  it.each([
    [[1, 1], [1, 1], 2, 'published'],
    [[7, 5], [2, 1.4], 0, 'published'],
    [[11, 8], [1.5, 2], 2, 'published'],
    [[10, 7], [2.2, 1.3], 1.5, 'published'],
    [[9, 12], [1.7, 2.5], 3, 'symmetric'],
  ] as [Pair, Pair, number, 'published' | 'symmetric'][])(
    '%j at strides %j, R %d, %s: matches the float64 definition and its masks',
    async ([height, width], strides, smoothness, alignment) => {
      const x = unitTensor(9, [height, width, 2]) as tf.Tensor3D;
      const want = diffStrideBySums(await x.array(), strides, smoothness, alignment);
      await withPrepared(x, async (image) => {
        const got = await image.diffStride(strides, { smoothness, alignment });
        expect([got.height, got.width]).toEqual([want.height, want.width]);
        expect(relativeError(got.values, want.values)).toBeLessThan(FLOAT32);
        expect(relativeError(got.masks.rows, want.masks.rows)).toBeLessThan(FLOAT32);
        expect(relativeError(got.masks.columns, want.masks.columns)).toBeLessThan(FLOAT32);
        expect(relativeError(image.powerSpectrum(), want.power)).toBeLessThan(FLOAT32);
      });
      x.dispose();
    },
  );

  it('writes into the given array, with a pixel stride and a scale', async () => {
    const x = unitTensor(2, [12, 16, 3]) as tf.Tensor3D;
    await withPrepared(x, async (image) => {
      const options = { smoothness: 1, norm: 'forward', scale: 60, pixelStride: 4 } as const;
      const plain = await image.diffStride([1, 2], { smoothness: 1, norm: 'forward' });
      const size = (plain.values.length / 3) * 4;
      const out = new Uint8ClampedArray(size + 5).fill(200);
      const { values } = await image.diffStride([1, 2], { ...options, out });
      expect(values.buffer).toBe(out.buffer);
      const bytes = Uint8ClampedArray.from(plain.values, (value) => 60 * value);
      const worst = bytes.reduce(
        (most, byte, i) =>
          Math.max(most, Math.abs(byte - values[4 * Math.floor(i / 3) + (i % 3)]!)),
        0,
      );
      // A value half-way between two bytes may round up or down.
      expect(worst).toBeLessThanOrEqual(1);
      expect(bytes.some((byte) => byte > 20)).toBe(true);
      // Values between the pixels and after them do not change.
      expect(values.filter((_, i) => i % 4 === 3).every((byte) => byte === 200)).toBe(true);
      expect([...out.subarray(size)]).toEqual([200, 200, 200, 200, 200]);
      const short = new Uint8ClampedArray(8);
      const fresh = await image.diffStride([1, 2], { ...options, out: short });
      expect(fresh.values).toBeInstanceOf(Uint8ClampedArray);
      expect(fresh.values.filter((_, i) => i % 4 !== 3)).toEqual(
        values.filter((_, i) => i % 4 !== 3),
      );
      expect([...short]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      const floats = new Float32Array(plain.values.length);
      const again = await image.spectralPool([1, 2], { out: floats });
      expect(again.values.buffer).toBe(floats.buffer);
    });
    x.dispose();
  });

  it('computes 32 products, and 16 after rest()', async () => {
    const x = unitTensor(2, [12, 16, 3]) as tf.Tensor3D;
    await withPrepared(x, async (image) => {
      const products = async (strides: Pair) => {
        const { kernels, result } = await tf.profile(async () => {
          await image.diffStride(strides, { smoothness: 1 });
          return tf.scalar(0);
        });
        tf.dispose(result);
        return kernels.filter(({ name }) => name === 'BatchMatMul').length;
      };
      expect(await products([2, 2])).toBe(32);
      await image.rest('rows');
      expect([await products([2, 3]), await products([1.5, 2])]).toEqual([16, 32]);
      await products([2, 2]);
      await image.rest('columns');
      expect([await products([1.5, 2]), await products([2, 3])]).toEqual([16, 16]);
      expect(await products([1.5, 1.5])).toBe(32);
    });
    tf.dispose(x);
  });

  it('names the wrong argument', async () => {
    const x = tf.ones([4, 6, 2]) as tf.Tensor3D;
    await expect(prepareImage(tf.expandDims(x) as never)).rejects.toThrow(
      'prepareImage: x must have rank 3 ([height, width, channels]), got shape [1,4,6,2]',
    );
    const image = await prepareImage(x);
    await expect(image.rest('rows')).rejects.toMatchObject({
      name: 'StateError',
      message: expect.stringContaining(
        'PreparedImage.rest: the image must be pooled first, got no call of diffStride',
      ),
    });
    await expect(image.diffStride(0.5)).rejects.toThrow(
      'PreparedImage.diffStride: strides must be >= 1, got [0.5, 0.5]',
    );
    await expect(image.diffStride(2, { lowerLimit: 0.5 })).rejects.toThrow(
      'PreparedImage.diffStride: lowerLimit must be a finite number >= 1, got 0.5',
    );
    await expect(image.spectralPool(2, { share: { index: 2, of: 2 } })).rejects.toThrow(
      'PreparedImage.spectralPool: share.index must be < of (2), got 2',
    );
    await expect(image.spectralPool(2, { pixelStride: 1 })).rejects.toThrow(
      'PreparedImage.spectralPool: pixelStride must be an integer in 2 … 1024, got 1',
    );
    image.dispose();
    await expect(image.diffStride(2)).rejects.toMatchObject({
      name: 'StateError',
      message: expect.stringContaining(
        'PreparedImage.diffStride: the image must not be disposed, got a disposed one',
      ),
    });
    x.dispose();
  });
});
