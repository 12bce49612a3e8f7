import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  imageTensor,
  leakedTensors,
  readGolden,
  relativeError,
} from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { maxOverRegions, type Regions } from '../src/region-max.js';

interface TorchCase {
  case: string;
  params: { kernel: [number, number]; starts: { rowStarts: number[]; colStarts: number[] }[][] };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const goldens = readGolden<TorchCase>(
  new URL('fixtures/torch_fractional_max_pool.json', import.meta.url),
).cases;

/** Image n and channel c of an NHWC tensor, as the golden's [n, c, ...] counts them. */
const plane = (x: tf.Tensor4D, n: number, c: number) =>
  tf.slice(x, [n, 0, 0, c], [1, x.shape[1], x.shape[2], 1]);

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    "%s: PyTorch's windows, which it draws for each image and channel and may leave gaps between",
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
            expect(relativeError(dx.dataSync(), plane(gradient!, n, c).dataSync())).toBeLessThan(
              1e-6,
            );
          });
        });
      });
    },
  );

  // WebGPU may take NaN for any number.
  it.skipIf(backend === 'webgpu')(
    'takes NaN for the largest, and sends its gradient to the first',
    () => {
      tf.tidy(() => {
        const nan = Number.NaN;
        const lines = [
          [1, nan, 5, nan],
          [nan, 2, nan, 3],
          [Number.POSITIVE_INFINITY, 0, 0, nan],
          [0, 3, 3, 1],
        ];
        // One channel, and enough channels to fill a vector.
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
});
