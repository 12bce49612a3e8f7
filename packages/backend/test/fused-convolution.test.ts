import { relativeError } from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import type { Sizes } from './direct-convolution.js';
import {
  ACTIVATIONS,
  DIFFERENTIABLE,
  expectRight,
  expectRightGradients,
  sizes,
} from './fused-convolution-cases.js';

/** Error bound: float32 sums in another order. */
const FLOAT32 = 1e-5;

describe.each(HOST_BACKENDS)('fused convolutions on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each([false, true])('depthwise: %s', (isDepthwise) => {
    const plain = { sizes: { ...sizes, filters: isDepthwise ? 1 : 4 }, isDepthwise };

    it.each(Object.keys(ACTIVATIONS))('%s, with a bias and without', (activation) => {
      const slopes = activation === 'prelu' ? [4] : undefined;
      expectRight({ ...plain, activation, slopes });
      expectRight({ ...plain, activation, slopes, bias: [4] });
    });

    it.each(DIFFERENTIABLE)('the gradients of %s, with a bias and without', (activation) => {
      expectRightGradients(isDepthwise, activation, true);
      expectRightGradients(isDepthwise, activation, false);
    });

    it('accepts a bias of every shape', () => {
      for (const bias of [[], [1], [1, 1, 4], [3, 7, 4], [3, 7, 1], [3, 1, 4], [2, 3, 7, 4]]) {
        expectRight({ ...plain, activation: 'relu6', bias });
      }
    });

    it('accepts slopes of every shape', () => {
      for (const slopes of [[], [1], [4], [1, 1, 4], [3, 7, 4]]) {
        expectRight({ ...plain, activation: 'prelu', bias: [4], slopes });
      }
    });

    it.each<Partial<Sizes>>([
      { image: [4, 4], window: [3, 1], strides: [2, 2] },
      { image: [32, 32], window: [3, 3], strides: [4, 4] },
      { image: [7, 6], window: [3, 3], strides: [1, 1], dilations: [2, 3] },
      { image: [7, 6], window: [1, 1], strides: [3, 3], pad: 'valid' },
      { image: [1, 9], window: [3, 3], strides: [1, 1], channels: 1 },
      { image: [6, 6], window: [3, 3], strides: [1, 1], channels: 8 },
    ])('sizes: %j', (given) => {
      const channels = given.channels ?? 4;
      const all = { ...sizes, ...given, filters: isDepthwise ? 1 : channels };
      expectRight({ sizes: all, isDepthwise, activation: 'relu6', bias: [channels] });
    });

    it('the default slope is 0.2', () => {
      tf.tidy(() => {
        const x = tf.tensor4d([-1, 2, -3, 4], [1, 2, 2, 1]);
        const filter = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
        const op = isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        const y = op({ x, filter, strides: 1, pad: 'same', activation: 'leakyrelu' });
        const want = [-0.2, 2, -0.6, 4];
        expect(relativeError(y.dataSync(), want)).toBeLessThan(FLOAT32);
      });
    });
  });

  it('accepts channels first', () => {
    const square = { ...sizes, image: [5, 5] as [number, number], channels: 5, filters: 3 };
    for (const slopes of [[3], []]) {
      const first = { activation: 'prelu', slopes, bias: [3], isFirst: true };
      expectRight({ sizes: square, isDepthwise: false, ...first });
    }
    // tf.fused.depthwiseConv2d always checks the channels on the last axis. Here height, width and
    // channels are equal, so the check passes.
    const depthwise = { ...square, filters: 1 };
    expectRight({
      sizes: depthwise,
      isDepthwise: true,
      activation: 'relu6',
      bias: [5],
      isFirst: true,
    });
  });

  it('NaN stays NaN', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([Number.NaN, 1, 1, 1, 1], [1, 5, 1, 1]);
      const filter = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
      for (const activation of ['relu', 'relu6', 'prelu', 'leakyrelu'] as const) {
        const y = tf.fused.conv2d({
          x,
          filter,
          strides: 1,
          pad: 'same',
          bias: tf.ones([1]),
          activation,
          preluActivationWeights: tf.ones([1]),
          leakyreluAlpha: 0.3,
        });
        expect([...y.dataSync()]).toEqual([Number.NaN, 2, 2, 2, 2]);
      }
    });
  });
});
