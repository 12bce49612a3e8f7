import { useBackend } from '@ds/backend';
import { mostOnRamp, type Reach } from '@ds/kernels';
import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { keptAlong } from '../src/kept-band.js';
import { dctDiffStride, diffStride, diffStride1d, diffStride3d } from '../src/ops.js';
import { placesOnRamp, valuesAt } from '../src/ramp-window.js';
import { maskedSpectrum } from '../src/spectral-matrices.js';

const reaches = (...distances: number[]): Reach[] => distances.map((one) => [one, one]);

/** Float32 sums in another order. */
const FLOAT32 = 2e-6;

type Op = (x: tf.Tensor, strides: tf.Tensor1D, outputSize?: number[]) => tf.Tensor;

/** Sizes at which the ramp has few waves, and at which it has as many as the matrix. */
const OPS: [string, number[], number[], Op][] = [
  [
    'diffStride',
    [2, 33, 40, 3],
    [2.3, 1.4],
    (x, s, size) => diffStride(x as tf.Tensor4D, s, { path: 'matrices', ...given(size) }),
  ],
  [
    'diffStride, symmetric',
    [1, 32, 33, 2],
    [1.7],
    (x, s, size) =>
      diffStride(x as tf.Tensor4D, s, {
        path: 'matrices',
        alignment: 'symmetric',
        smoothness: 2.5,
        ...given(size),
      }),
  ],
  [
    'diffStride of a small image',
    [1, 9, 8, 2],
    [1.7, 2],
    (x, s, size) => diffStride(x as tf.Tensor4D, s, { path: 'matrices', ...given(size) }),
  ],
  [
    'diffStride1d',
    [2, 90, 4],
    [3.1],
    (x, s, size) => diffStride1d(x as tf.Tensor3D, s, { path: 'matrices', ...given(size) }),
  ],
  [
    'diffStride3d',
    [1, 12, 26, 27, 2],
    [1.5, 2, 2.2],
    (x, s, size) => diffStride3d(x as tf.Tensor5D, s, { smoothness: 1, ...given(size) }),
  ],
  [
    'dctDiffStride',
    [2, 33, 30, 3],
    [2.3, 1.4],
    (x, s, size) => dctDiffStride(x as tf.Tensor4D, s, given(size)),
  ],
];

function given(outputSize: number[] | undefined) {
  return (outputSize ? { outputSize } : {}) as { outputSize?: never };
}

describe.each(BACKENDS)('strides that the host has not read, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(OPS)('%s: the gradients are those of known strides', (_, shape, strides, op) => {
    tf.tidy(() => {
      const x = unitTensor(2, shape);
      const s = tf.tensor1d(strides);
      const size = op(x, s).shape.slice(1, -1);
      const gradients = (known: boolean) =>
        tf.grads((image, learned) =>
          tf.sum(tf.square(op(image, learned as tf.Tensor1D, known ? undefined : size))),
        )([x, s]);
      const want = gradients(true);
      gradients(false).forEach((gradient, at) => {
        expect(relativeError(gradient.dataSync(), want[at]!.dataSync())).toBeLessThan(FLOAT32);
      });
      expect(leakedTensors(() => tf.tidy(() => gradients(false)))).toBe(0);
    });
  });
});

it('computes each mask once where only the device knows the ramp', async () => {
  await useBackend('cpu');
  tf.tidy(() => {
    const maskAt = (distances: tf.Tensor1D) =>
      tf.clipByValue(tf.div(tf.sub(12, distances), 4), 0, 1) as tf.Tensor1D;
    const asked: number[] = [];
    const axis = (side: number, inputs: number[]) => ({
      band: keptAlong(inputs, side, 'all', 'symmetric'),
      mask: (distances: number[]) => {
        asked.push(distances.length);
        return maskAt(tf.tensor1d(distances));
      },
      window: { start: tf.scalar(8), length: 4, maskAt },
    });
    const matrices = maskedSpectrum([axis(0, [41, 40]), axis(1, [41, 40])], 'ortho');
    // A sine and a cosine for each pair of frequencies, but for those that have no sine. The rows
    // ask for both frequencies of a pair.
    expect(asked).toEqual([2 * 41, 40]);
    for (const { real } of matrices) {
      expect('ramp' in real && real.ramp?.places).toBeInstanceOf(tf.Tensor);
    }
  });
});

describe('placesOnRamp', () => {
  beforeAll(() => useBackend('cpu'));

  it('gives every wave that a ramp contains, wherever the ramp is', () => {
    tf.tidy(() => {
      const lists: Reach[][] = [
        [
          [0, 0],
          [0, 1],
          [1, 2],
          [2, 3],
          [3, 4],
          [4, 5],
        ],
        reaches(1, 2, 3, 4, 5),
      ];
      const all = lists.flat();
      for (const length of [0, 1, 1.7, 3, 9]) {
        for (let start = 0; start <= 6; start += 0.25) {
          const counts = lists.map((list) => mostOnRamp(list, length));
          const places = [...placesOnRamp(lists, tf.scalar(start), counts)!.dataSync()];
          expect(new Set(places).size).toBe(places.length);
          expect(places.length).toBe(counts[0]! + counts[1]!);
          all.forEach(([lowest, highest], at) => {
            const isOn = [lowest, highest].some((d) => d >= start && d <= start + length);
            if (isOn) expect(places).toContain(at);
          });
        }
      }
    });
  });

  it('refuses a list that does not rise', () => {
    tf.tidy(() => {
      const start = tf.scalar(1);
      expect(placesOnRamp([reaches(0, 2, 1)], start, [2])).toBeNull();
      expect(placesOnRamp([reaches(0, 1, 1)], start, [2])).not.toBeNull();
    });
  });

  it('reads values at places', () => {
    tf.tidy(() => {
      const places = tf.tensor1d([2, 0], 'int32');
      expect([...valuesAt([5, 6, 7], places).dataSync()]).toEqual([7, 5]);
    });
  });
});
