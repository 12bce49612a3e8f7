import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** Error bound: a float32 that was rounded a few times. */
const FLOAT32 = 1e-6;
/** A fixed seed makes failures reproducible. */
const RUNS = { seed: 20_261_127, numRuns: 150 };

beforeAll(() => useBackend('wasm'));

/** Sums in float64 over the axes with `summed`. The other axes keep their order. */
function definition(x: ArrayLike<number>, shape: number[], summed: boolean[]): number[] {
  const kept = shape.map((size, axis) => (summed[axis] ? 1 : size));
  const totals = new Array<number>(tf.util.sizeFromShape(kept)).fill(0);
  for (let i = 0; i < x.length; i++) {
    let [rest, at, step] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (!summed[axis]) at += step * (rest % shape[axis]!);
      step *= kept[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    totals[at]! += x[i]!;
  }
  return totals;
}

describe('sums and means on wasm', () => {
  it('match their definitions over any axes', () => {
    const axis = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean());
    const shapes = fc.array(axis, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(shapes, fc.boolean(), fc.boolean(), (given, keepDims, isMean) => {
        const shape = given.map(([size]) => size);
        const summed = given.map(([, isSummed]) => isSummed);
        const axes = shape.map((_, at) => at).filter((at) => summed[at]);
        fc.pre(axes.length > 0);
        const count = axes.reduce((product, at) => product * shape[at]!, 1);
        tf.dispose([1, 2, 3, 4, 5, 8, 16].map((size) => tf.fill([size], Number.NaN)));
        tf.tidy(() => {
          const x = tf.add(unitTensor(1, shape), 1);
          const y = isMean ? tf.mean(x, axes, keepDims) : tf.sum(x, axes, keepDims);
          const want = definition(x.dataSync(), shape, summed);
          const kept = shape.map((size, at) => (summed[at] ? 1 : size));
          expect(y.shape).toEqual(keepDims ? kept : shape.filter((_, at) => !summed[at]));
          const divided = want.map((total) => (isMean ? total / count : total));
          expect(relativeError(y.dataSync(), divided)).toBeLessThan(FLOAT32);
        });
      }),
      RUNS,
    );
  });

  it.each([
    ['all', [1_000_000], undefined],
    ['the last axis of', [2, 500_001], 1],
    ['the first axis of', [1_000_000, 2], 0],
    ['the middle of', [2, 300_000, 3], 1],
  ])('over %s %j keep their digits', (_, shape, axis) => {
    tf.tidy(() => {
      const x = tf.fill(shape, 0.1);
      const kept = axis === undefined ? 1 : x.size / shape[axis]!;
      const count = x.size / kept;
      const [value] = x.dataSync();
      for (const total of tf.sum(x, axis).dataSync()) {
        expect(Math.abs(total / (count * value!) - 1)).toBeLessThan(1e-5);
      }
      for (const mean of tf.mean(x, axis).dataSync()) {
        expect(Math.abs(mean / value! - 1)).toBeLessThan(1e-5);
      }
    });
  });

  it('a mean does not overflow if its sum does', () => {
    tf.tidy(() => {
      const largest = tf.tensor2d([3e38, 3e38, -3e38, -1e38], [2, 2]);
      const got = tf.mean(largest, 1).dataSync();
      expect(relativeError(got, [3e38, -2e38])).toBeLessThan(FLOAT32);
    });
  });

  it('NaN and ∞ are kept', () => {
    tf.tidy(() => {
      const { NaN: none, POSITIVE_INFINITY: most } = Number;
      const x = tf.tensor2d([none, 1, 1, 1, most, 1, most, -most, 1], [3, 3]);
      expect([...tf.sum(x, 1).dataSync()]).toEqual([none, most, none]);
      expect([...tf.mean(x, 0).dataSync()]).toEqual([none, none, 1]);
    });
  });

  it('sums of integers are integers, their means are not', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 4, 4], [2, 2], 'int32');
      for (const axis of [0, 1]) expect(tf.sum(x, axis).dtype).toBe('int32');
      expect([...tf.sum(x, 1).dataSync()]).toEqual([3, 8]);
      expect([...tf.mean(x, 0).dataSync()]).toEqual([2.5, 3]);
    });
  });
});
