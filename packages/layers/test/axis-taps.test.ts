import { useBackend } from '@ds/backend';
import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AxisTaps, byGathers, byLoops, poolByTaps, tapTable } from '../src/axis-taps.js';

const tap = (index: number, weight: number) => ({ index, weight });
const CASES: [string, number, AxisTaps[]][] = [
  ['one tap each', 4, [[tap(3, 1)], [tap(0, 1)]]],
  ['taps that differ in number', 3, [[tap(0, 0.5), tap(2, -2)], [], [tap(1, 3)]]],
  ['an index twice', 2, [[tap(1, 0.25), tap(1, 0.5)]]],
  ['no taps', 2, [[], []]],
];

/** Sums over the middle axis. */
function naive(x: tf.Tensor3D, taps: AxisTaps[]): number[] {
  return x
    .arraySync()
    .flatMap((image) =>
      taps.flatMap((list) =>
        image[0]!.map((_, c) => list.reduce((sum, t) => sum + t.weight * image[t.index]![c]!, 0)),
      ),
    );
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)('%s: loops and gathers sum what is listed', (_, size, taps) => {
    tf.tidy(() => {
      const x = unitTensor(3, [2, size, 5]) as tf.Tensor3D;
      for (const sums of [byLoops, byGathers]) {
        const y = sums(x, tapTable(taps, size));
        expect(y.shape).toEqual([2, taps.length, 5]);
        expect(relativeError(y.dataSync(), naive(x, taps))).toBeLessThan(1e-6);
      }
    });
  });

  it.each(CASES)(
    '%s: gathers leave out what is not listed, even if it is infinite',
    (_, size, taps) => {
      tf.tidy(() => {
        for (let odd = 0; odd < size; odd++) {
          const lines = Array.from({ length: size }, (__, i) =>
            i === odd ? Number.POSITIVE_INFINITY : 1,
          );
          const x = tf.tensor3d(lines, [1, size, 1]);
          const want = taps.map((list) => list.some(({ index }) => index === odd));
          const got = [...byGathers(x, tapTable(taps, size)).dataSync()];
          expect(got.map((v) => !Number.isFinite(v))).toEqual(want);
        }
      });
    },
  );

  it('leaks nothing', () => {
    const x = tf.ones([1, 3, 3, 2]) as tf.Tensor4D;
    const taps = CASES[1]![2];
    expect(leakedTensors(() => poolByTaps(x, taps, taps))).toBe(0);
    x.dispose();
  });
});
