import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** float32 sums in another order, and float32 storage of the oracle's inputs. */
const FLOAT32 = 1e-5;
/** Fixed, so that a failure can be repeated. */
const RUNS = { seed: 20_221_108, numRuns: 60 };

const size = (max: number) => fc.integer({ min: 1, max });

beforeAll(async () => {
  const info = await useBackend('wasm');
  expect(info.added).toContain('RegionMax');
});

const kernel = (name: string, inputs: Record<string, tf.Tensor>, attrs = {}) =>
  tf.engine().runKernel(name, inputs, attrs);

describe('RegionMax', () => {
  /** Regions within a size, from pairs of any numbers. */
  const regions = (pairs: [number, number][], length: number) =>
    pairs.map(([a, b]) => {
      const start = a % length;
      return [start, Math.min(start + 1 + b, length)] as const;
    });
  const pairs = fc.array(fc.tuple(fc.nat(9), fc.nat(3)), { minLength: 1, maxLength: 5 });

  it('and its gradient are their definitions whatever the regions, ties to the first', () => {
    const cases = fc.record({
      height: size(7),
      width: size(8),
      channels: size(9),
      rowPairs: pairs,
      columnPairs: pairs,
    });
    fc.assert(
      fc.property(cases, ({ height, width, channels, rowPairs, columnPairs }) => {
        tf.tidy(() => {
          const shape = [2, height, width, channels];
          const x = tf.floor(tf.mul(unitTensor(5, shape), 3));
          const [rows, columns] = [regions(rowPairs, height), regions(columnPairs, width)];
          const attrs = {
            rows: Int32Array.from(rows.flat()),
            columns: Int32Array.from(columns.flat()),
          };
          const dy = unitTensor(6, [2, rows.length, columns.length, channels]);
          const [values, upstream] = [x.dataSync(), dy.dataSync()];
          const y = new Float64Array(dy.size);
          const dx = new Float64Array(x.size);
          for (let out = 0; out < dy.size; out++) {
            const c = out % channels;
            const j = Math.floor(out / channels) % columns.length;
            const i = Math.floor(out / channels / columns.length) % rows.length;
            const n = Math.floor(out / channels / columns.length / rows.length);
            let best = -1;
            for (let p = rows[i]![0]; p < rows[i]![1]; p++)
              for (let q = columns[j]![0]; q < columns[j]![1]; q++) {
                const at = ((n * height + p) * width + q) * channels + c;
                if (best < 0 || values[at]! > values[best]!) best = at;
              }
            y[out] = values[best]!;
            dx[best]! += upstream[out]!;
          }
          const got = kernel('RegionMax', { x }, attrs) as tf.Tensor;
          const gradient = kernel('RegionMaxGrad', { dy, x }, attrs) as tf.Tensor;
          expect([got.shape, gradient.shape]).toEqual([dy.shape, x.shape]);
          expect(relativeError(got.dataSync(), y)).toBe(0);
          expect(relativeError(gradient.dataSync(), dx)).toBeLessThan(FLOAT32);
        });
      }),
      RUNS,
    );
  });
});
