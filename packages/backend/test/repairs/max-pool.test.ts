import { leakedTensors, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

const POOLS = { avgPool: tf.avgPool, maxPool: tf.maxPool };

/** Pools each window by its definition. NaN counts as the largest. */
function naive(
  op: keyof typeof POOLS,
  values: ArrayLike<number>,
  [batch, height, width, channels]: number[],
  [high, wide]: number[],
  stride: number,
  pad: 'same' | 'valid',
): number[] {
  const side = (size: number, window: number) =>
    pad === 'same' ? Math.ceil(size / stride) : Math.ceil((size - window + 1) / stride);
  const before = (size: number, window: number) =>
    pad === 'same'
      ? Math.floor(Math.max(0, (side(size, window) - 1) * stride + window - size) / 2)
      : 0;
  const out: number[] = [];
  for (let n = 0; n < batch!; n++)
    for (let i = 0; i < side(height!, high!); i++)
      for (let j = 0; j < side(width!, wide!); j++)
        for (let c = 0; c < channels!; c++) {
          const window: number[] = [];
          for (let r = 0; r < high!; r++)
            for (let k = 0; k < wide!; k++) {
              const row = i * stride - before(height!, high!) + r;
              const column = j * stride - before(width!, wide!) + k;
              if (row < 0 || column < 0 || row >= height! || column >= width!) continue;
              window.push(values[((n * height! + row) * width! + column) * channels! + c]!);
            }
          out.push(
            op === 'maxPool'
              ? Math.max(...window)
              : window.reduce((sum, value) => sum + value, 0) / window.length,
          );
        }
  return out;
}

describe.each(['cpu', 'wasm'] as const)('pooling of floats on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(
    [1, 2, 3, 4, 7, 8, 12, 21].flatMap((channels) =>
      (['avgPool', 'maxPool'] as const).map((op) => ({ op, channels })),
    ),
  )(
    '$op of $channels channels matches its definition, with NaN and infinities',
    ({ op, channels }) => {
      for (const [window, stride] of [
        [[2, 2], 2],
        [[3, 3], 2],
        [[2, 3], 1],
        [[1, 1], 3],
        [[5, 4], 5],
      ] as const) {
        for (const pad of ['same', 'valid'] as const) {
          tf.tidy(() => {
            const shape: [number, number, number, number] = [2, 6, 5, channels];
            const values = unitTensor(1, shape).dataSync().slice();
            values[0] = Number.NaN;
            values[values.length - 1] = Number.NaN;
            values[17 % values.length] = Number.NEGATIVE_INFINITY;
            values[31] = Number.POSITIVE_INFINITY;
            const x = tf.tensor(values, shape) as tf.Tensor4D;
            const pool = () => POOLS[op](x, window as [number, number], stride, pad);
            const want = naive(op, values, shape, [...window], stride, pad);
            const got = [...pool().dataSync()];
            expect(got).toHaveLength(want.length);
            for (const [i, value] of want.entries()) {
              if (Number.isFinite(value)) expect(got[i]).toBeCloseTo(value, 5);
              else expect(got[i]).toBe(value);
            }
            expect(leakedTensors(() => pool().dispose())).toBe(0);
          });
        }
      }
    },
  );

  it('keep a loss that is not finite', () => {
    tf.tidy(() => {
      const x = tf.tensor([Number.NaN, 1, 2, 3], [1, 2, 2, 1]) as tf.Tensor4D;
      for (const pool of Object.values(POOLS)) {
        expect(tf.sum(tf.relu(pool(x, 2, 2, 'valid'))).dataSync()[0]).toBeNaN();
      }
    });
  });
});
