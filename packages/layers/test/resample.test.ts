import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { resample } from '../src/ops.js';

/** The definition, four loops deep. */
function naive(x: tf.Tensor4D, rows: tf.Tensor2D, columns: tf.Tensor2D): number[] {
  const [n, height, width, channels] = x.shape;
  const [h, w] = [rows.shape[0], columns.shape[0]];
  const [image, left, right] = [x.dataSync(), rows.dataSync(), columns.dataSync()];
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let c = 0; c < channels; c++) {
          let total = 0;
          for (let p = 0; p < height; p++)
            for (let q = 0; q < width; q++)
              total +=
                left[i * height + p]! *
                image[((b * height + p) * width + q) * channels + c]! *
                right[j * width + q]!;
          y.push(total);
        }
  return y;
}

const shapes = [
  // N, H, W, C, h, w
  [1, 1, 1, 1, 1, 1],
  [2, 5, 7, 3, 3, 4],
  [1, 4, 9, 5, 6, 2],
  [3, 8, 8, 4, 4, 4],
  [1, 13, 6, 9, 7, 11],
] as const;

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(shapes)('matches its definition at %i×%i×%i×%i → %i×%i', (n, H, W, C, h, w) => {
    tf.tidy(() => {
      const x = unitTensor(n + H, [n, H, W, C]) as tf.Tensor4D;
      const rows = unitTensor(W, [h, H]) as tf.Tensor2D;
      const columns = unitTensor(C, [w, W]) as tf.Tensor2D;
      const y = resample(x, rows, columns);
      expect(y.shape).toEqual([n, h, w, C]);
      expect(relativeError(y.dataSync(), naive(x, rows, columns))).toBeLessThan(1e-6);
    });
  });

  it.each(shapes)(
    'has the gradients of finite differences at %i×%i×%i×%i → %i×%i',
    (n, H, W, C, h, w) => {
      tf.tidy(() => {
        const inputs = [
          unitTensor(n + H, [n, H, W, C]),
          unitTensor(W, [h, H]),
          unitTensor(C, [w, W]),
        ];
        // The op is linear in each input, so a wide step is exact.
        for (const error of gradientErrors(resample as never, inputs, [0.5, 0.5, 0.5])) {
          expect(error).toBeLessThan(1e-5);
        }
      });
    },
  );

  it('leaks nothing', () => {
    const inputs = [tf.ones([1, 3, 3, 2]), tf.ones([2, 3]), tf.ones([2, 3])] as const;
    expect(leakedTensors(() => resample(...(inputs as never as Parameters<typeof resample>)))).toBe(
      0,
    );
    tf.dispose([...inputs]);
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));

  it.each([
    [
      () => resample(tf.ones([1, 4, 4, 1]), tf.ones([2, 3]), tf.ones([2, 4])),
      'resample: rows must have shape [any, H = 4], got [2,3]',
    ],
    [
      () =>
        resample(tf.ones([1, 4, 4, 1]), tf.ones([2, 4]), tf.ones([4]) as unknown as tf.Tensor2D),
      'resample: columns must have shape [any, W = 4], got [4]',
    ],
    [
      () => resample(tf.ones([1, 4, 4, 1]), tf.zeros([0, 4]), tf.ones([2, 4])),
      'resample: rows must have no empty axis, got shape [0,4]',
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
