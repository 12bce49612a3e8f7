import { gradientErrors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

type Pad = 'same' | 'valid' | number;

interface Case {
  strides: number;
  pad: Pad;
  dilations: number | [number, number];
}

const CASES: Case[] = [
  { strides: 1, pad: 'same', dilations: 2 },
  { strides: 1, pad: 'valid', dilations: 2 },
  { strides: 1, pad: 'same', dilations: [1, 3] },
  { strides: 1, pad: 1, dilations: [2, 1] },
  { strides: 1, pad: 'same', dilations: 1 },
  { strides: 2, pad: 'same', dilations: 1 },
  { strides: 2, pad: 'valid', dilations: 1 },
];

const inputs = () => [unitTensor(1, [2, 6, 7, 2]), unitTensor(2, [3, 2, 2, 3])];

/** The gradient of Σ y² in the image. It depends on the image and on the filter. */
const slopeInImage =
  ({ strides, pad, dilations }: Case) =>
  (image: tf.Tensor, filter: tf.Tensor) =>
    tf.grad((x) =>
      tf.sum(
        tf.square(
          tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', dilations),
        ),
      ),
    )(image);

/** The gradients of a penalty on that slope, in both inputs. */
const secondDerivatives = (one: Case) =>
  tf.tidy(() =>
    tf
      .grads((x, filter) => tf.sum(tf.square(slopeInImage(one)(x!, filter!))))(inputs())
      .map((slope) => slope.dataSync()),
  );

describe.runIf(BACKENDS.includes('wasm'))('second derivatives of a convolution', () => {
  it.each(CASES)('of %j are those of finite differences', async (one) => {
    await useBackend('wasm');
    tf.tidy(() => {
      // The slope is linear in the image, and quadratic in the filter.
      const errors = gradientErrors(slopeInImage(one), inputs(), [1, 1]);
      for (const error of errors) expect(error).toBeLessThan(1e-5);
    });
  });

  it.runIf(BACKENDS.includes('webgpu')).each(CASES)('of %j are the same on WebGPU', async (one) => {
    await useBackend('wasm');
    const want = secondDerivatives(one);
    await useBackend('webgpu');
    secondDerivatives(one).forEach((slope, i) => {
      expect(relativeError(slope, want[i]!)).toBeLessThan(2e-5);
    });
  });
});
