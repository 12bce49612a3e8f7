import { relativeError } from '@ds/testing';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { describeConv3d } from './conv3d-cases.js';
import { describeDepthwise } from './depthwise-cases.js';
import { expectRight, expectRightGradients, sizes } from './fused-convolution-cases.js';
import { expectTrainsAsOnCpu } from './mobile-net-training.js';

// All in one file: a process compiles each program once, and compilation dominates.
describe.skipIf(lacksWebGpu)('on webgpu', () => {
  describe('depthwise convolutions', () => describeDepthwise('webgpu'));

  describe('3-D convolutions', () => describeConv3d('webgpu'));

  it('a small MobileNet trains as on cpu', () => expectTrainsAsOnCpu('webgpu'));
});

describe.skipIf(lacksWebGpu)('fused convolutions on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  describe.each([false, true])('depthwise: %s', (isDepthwise) => {
    const plain = { sizes: { ...sizes, filters: isDepthwise ? 1 : 4 }, isDepthwise };

    it.each([[[4]], [[]], [[3, 7, 1]], [[2, 3, 7, 4]]])('a bias of shape %j', (bias) =>
      expectRight({ ...plain, activation: 'relu6', bias }),
    );

    it.each([[[4]], [[1]], [[3, 7, 4]]])('slopes of shape %j', (slopes) =>
      expectRight({ ...plain, activation: 'prelu', bias: [4], slopes }),
    );

    it('the gradients of relu6 with a bias', () =>
      expectRightGradients(isDepthwise, 'relu6', true));

    it('the default slope is 0.2', () => {
      tf.tidy(() => {
        const x = tf.tensor4d([-1, 2, -3, 4], [1, 2, 2, 1]);
        const filter = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
        const op = isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        const y = op({ x, filter, strides: 1, pad: 'same', activation: 'leakyrelu' });
        expect(relativeError(y.dataSync(), [-0.2, 2, -0.6, 4])).toBeLessThan(1e-6);
      });
    });
  });

  it('accepts channels first', () => {
    // tf.fused.depthwiseConv2d always checks the channels on the last axis. Here height, width and
    // channels are equal, so the check passes.
    const square = { ...sizes, image: [5, 5] as [number, number], channels: 5, filters: 1 };
    const first = { activation: 'relu6', bias: [5], isFirst: true };
    expectRight({ sizes: square, isDepthwise: true, ...first });
  });
});
