import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

const OPS = {
  resizeBilinear: tf.image.resizeBilinear,
  resizeNearestNeighbor: tf.image.resizeNearestNeighbor,
};

/** Shapes of images, and sizes after resizing. */
const SIZES: [number[], [number, number]][] = [
  [
    [1, 4, 5, 2],
    [8, 10],
  ],
  [
    [3, 3, 7, 1],
    [6, 6],
  ],
  [
    [2, 1, 6, 3],
    [9, 3],
  ],
  [
    [2, 4, 4, 2],
    [8, 8],
  ],
  [
    [2, 5, 3, 1],
    [1, 7],
  ],
];

const OPTIONS: [alignCorners: boolean, halfPixelCenters: boolean][] = [
  [false, false],
  [true, false],
  [false, true],
];

/** The product of an op with an image, and of its gradient: ⟨dy, resized(z)⟩ and ⟨dx, z⟩. */
function products(resized: (x: tf.Tensor) => tf.Tensor, shape: number[], size: number[]) {
  const [x, z] = [1, 2].map((seed) => unitTensor(seed, shape));
  const dy = unitTensor(3, [shape[0]!, ...size, shape[3]!]);
  const dx = tf.grad(resized)(x!, dy);
  expect(dx.shape).toEqual(shape);
  return [
    [dy, resized(z!)],
    [dx, z!],
  ].map(([a, b]) => tf.sum(tf.mul(a!, b!)).dataSync()[0]!);
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(Object.entries(OPS))('the gradient of %s', (_name, op) => {
    it.each(OPTIONS)(
      'is the transpose of the op with alignCorners %s and halfPixelCenters %s',
      (alignCorners, halfPixelCenters) => {
        for (const [shape, size] of SIZES) {
          const resized = (x: tf.Tensor) =>
            op(x as tf.Tensor4D, size, alignCorners, halfPixelCenters);
          tf.tidy(() => {
            const [want, got] = products(resized, shape, size);
            expect(relativeError([got!], [want!]), `${shape} to ${size}`).toBeLessThan(1e-4);
          });
        }
      },
    );

    it('leaks no tensor', () => {
      const gradient = tf.grad((x: tf.Tensor) => op(x as tf.Tensor4D, [3, 5], false, true));
      expect(leakedTensors(() => tf.dispose(tf.tidy(() => gradient(tf.ones([2, 2, 3, 1])))))).toBe(
        0,
      );
    });
  });

  it('nearest neighbours of a batch go back to their own images', () => {
    const dy = tf.reshape(tf.range(0, 16), [2, 2, 4, 1]);
    const layer = tf.layers.upSampling2d({ size: [2, 2] });
    const dx = tf.grad((x: tf.Tensor) => layer.apply(x) as tf.Tensor)(tf.ones([2, 1, 2, 1]), dy);
    expect([...dx.dataSync()]).toEqual([10, 18, 42, 50]);
    tf.dispose([dx, dy]);
  });

  it('half pixels of a row of four give known values', () => {
    const values = (op: typeof tf.image.resizeBilinear) =>
      tf.tidy(() => {
        const dy = tf.tensor4d([1, 10], [1, 1, 2, 1]);
        const resized = (x: tf.Tensor) => op(x as tf.Tensor4D, [1, 2], false, true);
        return [
          ...tf
            .grad(resized)(tf.ones([1, 1, 4, 1]), dy)
            .dataSync(),
        ];
      });
    expect(values(tf.image.resizeBilinear)).toEqual([0.5, 0.5, 5, 5]);
    expect(values(tf.image.resizeNearestNeighbor)).toEqual([0, 1, 0, 10]);
  });

  it('trains bilinear upsampling of images that are not square', () => {
    tf.tidy(() => {
      const layer = tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' });
      const x = unitTensor(1, [1, 3, 5, 2]);
      const dx = tf.grad((image: tf.Tensor) => tf.sum(layer.apply(image) as tf.Tensor))(x);
      expect(dx.shape).toEqual(x.shape);
      // Every output is a mean of inputs.
      expect(tf.sum(dx).dataSync()[0]).toBeCloseTo(4 * x.size, 3);
    });
  });
});
