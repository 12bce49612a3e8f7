import {
  type GoldenTensor,
  imageTensor,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Regions } from '../../src/region-max/composed.js';
import { regionMaxGradientKernel, regionMaxKernel } from '../../src/region-max/contract.js';
import { maxOverAxes, maxOverRegions } from '../../src/region-max/region-max.js';
import { describeImplementations, type Implementation } from './implementation.js';

interface TorchCase {
  case: string;
  params: { kernel: [number, number]; starts: { rowStarts: number[]; colStarts: number[] }[][] };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const goldens = readGolden<TorchCase>(
  new URL('../fixtures/torch_fractional_max_pool.json', import.meta.url),
).cases;

/** Image n and channel c of an NHWC tensor. The golden's index is [n, c, …]. */
const plane = (x: tf.Tensor4D, n: number, c: number) =>
  tf.slice(x, [n, 0, 0, c], [1, x.shape[1], x.shape[2], 1]);

/** Converts pairs of any numbers to regions within a length. */
const within = (pairs: [number, number][], length: number): Regions =>
  pairs.map(([a, b]) => [a % length, Math.min((a % length) + 1 + b, length)]);
const pairs = fc.array(fc.tuple(fc.nat(9), fc.nat(3)), { minLength: 1, maxLength: 5 });
const size = (max: number) => fc.integer({ min: 1, max });

export function regionMaxTests(implementations: Implementation[]): void {
  describeImplementations(
    [regionMaxKernel, regionMaxGradientKernel],
    implementations,
    (backend, isKernel) => {
      it('matches its definition for any regions, with the gradient to the first maximum', () => {
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
              const x = tf.floor(tf.mul(unitTensor(5, shape), 3)) as tf.Tensor4D;
              const [rows, columns] = [within(rowPairs, height), within(columnPairs, width)];
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
              const op = (image: tf.Tensor) => maxOverRegions(image as tf.Tensor4D, rows, columns);
              const got = op(x);
              const gradient = tf.grad(op)(x, dy);
              expect([got.shape, gradient.shape]).toEqual([dy.shape, x.shape]);
              expect(relativeError(got.dataSync(), y)).toBe(0);
              expect(relativeError(gradient.dataSync(), dx)).toBeLessThan(1e-5);
            });
          }),
          { seed: 20_221_108, numRuns: backend === 'webgpu' ? 6 : 40 },
        );
      });

      it.each(goldens.map((c) => [c.case, c] as const))(
        "%s: PyTorch's windows, drawn for each image and channel, perhaps with gaps",
        (_, { params, ...golden }) => {
          tf.tidy(() => {
            const [x, upstream, output, gradient] = [
              golden.input,
              golden.upstream,
              golden.output,
              golden.grads.input,
            ].map((tensor) => imageTensor(tensor) as tf.Tensor4D);
            params.starts.forEach((channels, n) => {
              channels.forEach(({ rowStarts, colStarts }, c) => {
                const windows = (starts: number[], size: number): Regions =>
                  starts.map((start) => [start, start + size]);
                const rows = windows(rowStarts, params.kernel[0]);
                const columns = windows(colStarts, params.kernel[1]);
                const op = (image: tf.Tensor) =>
                  maxOverRegions(image as tf.Tensor4D, rows, columns) as tf.Tensor;
                const image = plane(x!, n, c);
                const dx = tf.grad((t) => tf.sum(tf.mul(op(t), plane(upstream!, n, c))))(image);
                const want = plane(output!, n, c).dataSync();
                expect(relativeError(op(image).dataSync(), want)).toBe(0);
                expect(
                  relativeError(dx.dataSync(), plane(gradient!, n, c).dataSync()),
                ).toBeLessThan(1e-6);
              });
            });
          });
        },
      );

      it('takes maxima along one axis, and of boxes; ties go to the first in memory', () => {
        tf.tidy(() => {
          const parts: Regions = [
            [0, 2],
            [1, 3],
          ];
          const line = tf.tensor3d([5, 5, 1], [1, 3, 1]);
          const along = (x: tf.Tensor) => maxOverAxes(x, [parts]);
          expect([...along(line).dataSync()]).toEqual([5, 5]);
          expect([...tf.grad(along)(line).dataSync()]).toEqual([1, 1, 0]);
          const box: Regions = [[0, 2]];
          const values = [1, 0, 7, 2, 3, 7, 7, 0];
          const x = tf.tensor5d(values, [1, 2, 2, 2, 1]);
          const ofBox = (cube: tf.Tensor) => maxOverAxes(cube, [box, box, box]);
          expect(ofBox(x).shape).toEqual([1, 1, 1, 1, 1]);
          expect([...ofBox(x).dataSync()]).toEqual([7]);
          expect([...tf.grad(ofBox)(x).dataSync()]).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
        });
      });

      it.skipIf(isKernel || backend === 'webgpu')(
        'takes lines too long for the arguments of a function',
        () => {
          tf.tidy(() => {
            const count = 130_000;
            const x = tf.reshape(tf.range(0, 2 * count), [1, 2 * count, 1]) as tf.Tensor3D;
            const parts = Array.from({ length: count }, (_, i) => [2 * i, 2 * i + 2]) as Regions;
            const y = maxOverAxes(x, [parts]);
            expect(y.shape).toEqual([1, count, 1]);
            const last = tf.slice(y, [0, count - 1, 0], [1, 1, 1]);
            expect(last.dataSync()[0]).toBe(2 * count - 1);
          });
        },
      );

      it.each(['int32', 'bool'] as const)('takes maxima of %s in float32', (dtype) => {
        tf.tidy(() => {
          const values = [1, 0, 0, 0, 1, 1];
          const x = tf.tensor4d(values, [1, 2, 3, 1], dtype);
          const parts: Regions = [
            [0, 1],
            [1, 3],
          ];
          const y = maxOverRegions(x, [[0, 1]], parts);
          expect(y.dtype).toBe('float32');
          expect([...y.dataSync()]).toEqual([1, 0]);
        });
      });

      // A WGSL compiler may assume that no value is NaN.
      it.skipIf(backend === 'webgpu')(
        'treats NaN as the largest value, and sends the gradient to the first NaN',
        () => {
          tf.tidy(() => {
            const nan = Number.NaN;
            const lines = [
              [1, nan, 5, nan],
              [nan, 2, nan, 3],
              [Number.POSITIVE_INFINITY, 0, 0, nan],
              [0, 3, 3, 1],
            ];
            // One channel, and enough channels for a SIMD vector.
            for (const channels of [1, 5]) {
              const x = tf.tile(tf.tensor4d(lines.flat(), [4, 1, 4, 1]), [1, 1, 1, channels]);
              const op = (image: tf.Tensor) =>
                maxOverRegions(image as tf.Tensor4D, [[0, 1]], [[0, 4]]) as tf.Tensor;
              const values = [...op(x).dataSync()].filter((_, i) => i % channels === 0);
              expect(values).toEqual([nan, nan, nan, 3]);
              const dx = tf.grad(op)(x).dataSync();
              const winners = [1, 0, 3, 1].flatMap((winner) =>
                [0, 1, 2, 3].flatMap((q) => new Array<number>(channels).fill(Number(q === winner))),
              );
              expect([...dx]).toEqual(winners);
            }
          });
        },
      );

      it('leaks nothing', () => {
        const x = tf.ones([1, 5, 5, 2]) as tf.Tensor4D;
        const regions: Regions = [
          [0, 2],
          [1, 5],
        ];
        expect(leakedTensors(() => maxOverRegions(x, regions, regions))).toBe(0);
        x.dispose();
      });
    },
  );
}
