import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import {
  type AxisTaps,
  poolAxesByTaps,
  poolByTaps,
  tapTable,
} from '../../src/axis-taps/axis-taps.js';
import { byGathers, byLoops } from '../../src/axis-taps/composed.js';
import { axisTapsKernel } from '../../src/axis-taps/contract.js';
import { describeImplementations, type Implementation } from './implementation.js';

const tap = (index: number, weight: number) => ({ index, weight });
const CASES: [string, number, AxisTaps[]][] = [
  ['one tap each', 4, [[tap(3, 1)], [tap(0, 1)]]],
  ['taps that differ in number', 3, [[tap(0, 0.5), tap(2, -2)], [], [tap(1, 3)]]],
  ['an index twice', 2, [[tap(1, 0.25), tap(1, 0.5)]]],
  ['no taps', 2, [[], []]],
];

/** Sums along the middle axis, in float64. */
function naive(x: tf.Tensor3D, taps: AxisTaps[]): number[] {
  return x
    .arraySync()
    .flatMap((image) =>
      taps.flatMap((list) =>
        image[0]!.map((_, c) => list.reduce((sum, t) => sum + t.weight * image[t.index]![c]!, 0)),
      ),
    );
}

/** Each implementation of the sum that the backend in use has. */
function waysToSum(isKernel: boolean) {
  if (!isKernel) return [byLoops, byGathers];
  return [(x: tf.Tensor3D, table: ReturnType<typeof tapTable>) => axisTapsKernel.run({ x }, table)];
}

export function axisTapsTests(implementations: Implementation[]): void {
  describeImplementations([axisTapsKernel], implementations, (backend, isKernel) => {
    it.each(CASES)('%s: sums the listed inputs', (_, size, taps) => {
      for (const inner of [1, 5, 70]) {
        tf.tidy(() => {
          const x = unitTensor(3, [2, size, inner]) as tf.Tensor3D;
          for (const sums of waysToSum(isKernel)) {
            const y = sums(x, tapTable(taps, size));
            expect(y.shape).toEqual([2, taps.length, inner]);
            expect(relativeError(y.dataSync(), naive(x, taps))).toBeLessThan(1e-6);
          }
        });
      }
    });

    it.skipIf(isKernel || backend === 'webgpu')(
      'sums lines too long for the arguments of a function',
      () => {
        tf.tidy(() => {
          const count = 130_000;
          const taps = Array.from({ length: count }, (_, i) => [tap(i, 1), tap(i + 1, 1)]);
          const x = tf.ones([1, count + 1, 1]) as tf.Tensor3D;
          for (const sums of waysToSum(isKernel)) {
            const y = sums(x, tapTable(taps, count + 1));
            expect(y.shape).toEqual([1, count, 1]);
            expect(tf.sum(y).dataSync()[0]).toBe(2 * count);
          }
        });
      },
    );

    it('sums along one axis, and along three', () => {
      tf.tidy(() => {
        const taps = [[tap(2, 2), tap(0, -1)], [tap(1, 3)]];
        const line = tf.tensor3d([1, 10, 100], [1, 3, 1]);
        expect([...poolAxesByTaps(line, [taps]).dataSync()]).toEqual([199, 30]);
        const x = unitTensor(4, [1, 3, 3, 3, 2]) as tf.Tensor5D;
        const op = (image: tf.Tensor) => poolAxesByTaps(image, [taps, taps, taps]);
        const naiveOf = (value: tf.Tensor, axis: number) => {
          const turned = [0, 1, 2, 3, 4].filter((at) => at !== axis);
          const lines = tf.transpose(value, [axis, ...turned]);
          const flat = tf.reshape(lines, [1, 3, -1]) as tf.Tensor3D;
          const summed = tf.reshape(tf.tensor1d(naive(flat, taps)), [2, ...lines.shape.slice(1)]);
          const back = [0, 1, 2, 3, 4].map((at) => [axis, ...turned].indexOf(at));
          return tf.transpose(summed, back);
        };
        const want = [1, 2, 3].reduce<tf.Tensor>(naiveOf, x);
        expect(op(x).shape).toEqual([1, 2, 2, 2, 2]);
        expect(relativeError(op(x).dataSync(), want.dataSync())).toBeLessThan(1e-6);
      });
    });

    it.each(CASES)(
      '%s: skips inputs that are not listed, even if they are infinite',
      (_, size, taps) => {
        tf.tidy(() => {
          for (let odd = 0; odd < size; odd++) {
            const lines = Array.from({ length: size }, (__, i) =>
              i === odd ? Number.POSITIVE_INFINITY : 1,
            );
            const x = tf.tensor3d(lines, [1, size, 1]);
            const want = taps.map((list) => list.some(({ index }) => index === odd));
            for (const sums of waysToSum(isKernel)) {
              const got = [...sums(x, tapTable(taps, size)).dataSync()];
              expect(got.map((v) => !Number.isFinite(v))).toEqual(want);
            }
          }
        });
      },
    );

    it('pools along both axes, and its gradient is the transposed map', () => {
      tf.tidy(() => {
        const [rows, columns] = [CASES[1]![2], [[tap(0, 1), tap(3, 0.5)], [tap(2, -1)]]];
        const x = unitTensor(4, [2, 3, 4, 5]) as tf.Tensor4D;
        const op = (image: tf.Tensor) => poolByTaps(image as tf.Tensor4D, rows, columns);
        const y = op(x);
        const dy = unitTensor(5, y.shape);
        const weight = (taps: AxisTaps[], output: number, index: number) =>
          taps[output]!.filter((one) => one.index === index).reduce((sum, t) => sum + t.weight, 0);
        const want = new Float64Array(y.size);
        const wantGradient = new Float64Array(x.size);
        const [vx, vd] = [x.dataSync(), dy.dataSync()];
        for (let n = 0; n < 2; n++)
          for (let i = 0; i < rows.length; i++)
            for (let j = 0; j < columns.length; j++)
              for (let p = 0; p < 3; p++)
                for (let q = 0; q < 4; q++)
                  for (let c = 0; c < 5; c++) {
                    const factor = weight(rows, i, p) * weight(columns, j, q);
                    const to = ((n * rows.length + i) * columns.length + j) * 5 + c;
                    const from = ((n * 3 + p) * 4 + q) * 5 + c;
                    want[to]! += factor * vx[from]!;
                    wantGradient[from]! += factor * vd[to]!;
                  }
        expect(y.shape).toEqual([2, rows.length, columns.length, 5]);
        expect(relativeError(y.dataSync(), want)).toBeLessThan(1e-6);
        expect(relativeError(tf.grad(op)(x, dy).dataSync(), wantGradient)).toBeLessThan(1e-6);
      });
    });

    it('leaks nothing', () => {
      const x = tf.ones([1, 3, 3, 2]) as tf.Tensor4D;
      const taps = CASES[1]![2];
      expect(leakedTensors(() => poolByTaps(x, taps, taps))).toBe(0);
      x.dispose();
    });
  });
}
