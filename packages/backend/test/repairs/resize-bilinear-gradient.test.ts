import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

describe.each(BACKENDS)('the gradient of resizeBilinear on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [
      [1, 4, 5, 2],
      [8, 10],
    ],
    [
      [2, 3, 7, 1],
      [6, 6],
    ],
    [
      [1, 1, 6, 3],
      [2, 3],
    ],
    [
      [1, 4, 4, 2],
      [8, 8],
    ],
  ])('of %j to %j is the transpose of the resizing', (shape, size) => {
    tf.tidy(() => {
      const resized = (x: tf.Tensor) =>
        tf.image.resizeBilinear(x as tf.Tensor4D, size as [number, number]);
      const [x, z] = [1, 2].map((seed) => unitTensor(seed, shape));
      const dy = unitTensor(3, [shape[0]!, ...size, shape[3]!]);
      const dx = tf.grad(resized)(x!, dy);
      expect(dx.shape).toEqual(shape);
      // ⟨dy, resized(z)⟩ = ⟨dx, z⟩ for every z.
      const inner = (a: tf.Tensor, b: tf.Tensor) => [tf.sum(tf.mul(a, b)).dataSync()[0]!];
      expect(relativeError(inner(dx, z!), inner(dy, resized(z!)))).toBeLessThan(1e-4);
    });
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
