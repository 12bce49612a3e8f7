import { useBackend } from '@ds/backend';
import { diffStride } from '@ds/layers/ops';
import { horizontalMask, verticalMask } from '@ds/masks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { joined, type PooledShare } from '../src/workers/picture-shares.js';
import { lostShare, pictureSpectrum } from '../src/workers/picture-spectrum.js';
import { poolSpectrum } from '../src/workers/pool-spectrum.js';

/** A picture of a size, with something of every frequency, well inside 0 … 255. */
function picture(width: number, height: number) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = 90 + ((i * i * 31 + 7 * i) % 73);
  return { width, height, data };
}

describe('a picture pooled by its spectrum', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    [16, 16, [2, 2], 2],
    [30, 20, [1.7, 2.9], 3],
    [22, 14, [3.1, 1.5], 0],
    [12, 34, [2.2, 4], 5],
    [64, 2, [1, 6], 1],
  ] as const)('%i×%i, strides %j, R %i: as the library does', async (width, height, strides, R) => {
    const shown = picture(width, height);
    const before = tf.memory().numTensors;
    const [vertical, horizontal] = tf.tidy(() =>
      ([height, width] as const).map((side, axis) => {
        const used = tf.scalar(
          side > R ? Math.max(strides[axis]!, side / (side - R)) : strides[axis]!,
        );
        return (
          axis === 0 ? verticalMask(side, used, R) : horizontalMask(side, used, R)
        ).dataSync();
      }),
    ) as unknown as [Float32Array, Float32Array];
    const spectrum = pictureSpectrum(shown);
    const pooled = await poolSpectrum(spectrum, vertical, horizontal);
    const rgb = [...shown.data].filter((_, i) => i % 4 !== 3).map((byte) => byte / 255);
    const options = { smoothness: R, norm: 'forward' } as const;
    const [y, error] = tf.tidy(() => {
      const x = tf.tensor4d(rgb, [1, height, width, 3]);
      const low = diffStride(x, tf.tensor1d([...strides]), { ...options, cropping: false });
      const y = diffStride(x, tf.tensor1d([...strides]), options);
      return [y, tf.norm(tf.sub(x, low)).div(tf.norm(x)).dataSync()[0]!];
    }) as [tf.Tensor, number];
    const bytes = Uint8ClampedArray.from(y.dataSync(), (value) => 255 * value);
    const { shape } = y;
    y.dispose();
    expect([pooled.height, pooled.width]).toEqual(shape.slice(1, 3));
    const shares = await Promise.all(
      [0, 1, 2].map((index) => poolSpectrum(spectrum, vertical, horizontal, { index, of: 3 })),
    );
    expect([...new Set(shares.flatMap((share) => share.rows))].sort((a, b) => a - b)).toEqual(
      Array.from({ length: pooled.height }, (_, row) => row),
    );
    const { rows: _, ...whole } = pooled;
    expect(joined(shares as [PooledShare])).toEqual(whole);
    const worst = [...pooled.data]
      .filter((_, i) => i % 4 !== 3)
      .reduce((max, byte, i) => Math.max(max, Math.abs(byte - bytes[i]!)), 0);
    // A value half-way between two bytes may go either way.
    expect(worst).toBeLessThanOrEqual(1);
    // Columns 0 and W/2 lose besides what real signals cannot have there: the published masks differ for ±k.
    expect(lostShare(spectrum, vertical, horizontal)).toBeCloseTo(error, 3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
