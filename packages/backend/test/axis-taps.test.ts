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
  expect(info.added).toContain('AxisTaps');
});

const kernel = (name: string, inputs: Record<string, tf.Tensor>, attrs = {}) =>
  tf.engine().runKernel(name, inputs, attrs);

describe('AxisTaps', () => {
  it('is its definition at every size, outputs without taps included', () => {
    const cases = fc.record({
      outer: size(4),
      inputs: size(9),
      inner: fc.oneof(size(40), fc.constant(67)),
      outputs: fc.array(fc.array(fc.nat(8), { maxLength: 4 }), { minLength: 1, maxLength: 7 }),
    });
    fc.assert(
      fc.property(cases, ({ outer, inputs, inner, outputs }) => {
        tf.tidy(() => {
          const x = unitTensor(1, [outer, inputs, inner]);
          const values = x.dataSync();
          const taps = outputs.map((list) => list.map((index) => index % inputs));
          const weight = (i: number, t: number) => (i + 1) / (t + 2);
          const starts = [0];
          for (const { length } of taps) starts.push(starts.at(-1)! + length);
          const y = kernel(
            'AxisTaps',
            { x },
            {
              starts: Int32Array.from(starts),
              indices: Int32Array.from(taps.flat()),
              weights: Float32Array.from(
                taps.flatMap((list, i) => list.map((_, t) => weight(i, t))),
              ),
            },
          ) as tf.Tensor;
          const want = new Float64Array(outer * taps.length * inner);
          for (let o = 0; o < outer; o++)
            taps.forEach((list, i) => {
              list.forEach((index, t) => {
                for (let j = 0; j < inner; j++)
                  want[(o * taps.length + i) * inner + j]! +=
                    weight(i, t) * values[(o * inputs + index) * inner + j]!;
              });
            });
          expect(y.shape).toEqual([outer, taps.length, inner]);
          expect(relativeError(y.dataSync(), want)).toBeLessThan(FLOAT32);
        });
      }),
      RUNS,
    );
  });
});
