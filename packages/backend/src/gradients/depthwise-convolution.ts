import {
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
} from '@tensorflow/tfjs-core';
import { gradientByKernels } from './convolution.js';

/**
 * Registers the gradients of `tf.depthwiseConv2d` on a backend, with dilations and channels first.
 * tfjs refuses dilations, and ignores channels first.
 */
export function registerDepthwiseGradient(backend: string): void {
  gradientByKernels(backend, {
    op: DepthwiseConv2dNative,
    input: DepthwiseConv2dNativeBackpropInput,
    filter: DepthwiseConv2dNativeBackpropFilter,
    // One change registers both kernels, since one is useless without the other.
    owners: {
      input: DepthwiseConv2dNativeBackpropInput,
      filter: DepthwiseConv2dNativeBackpropInput,
    },
    applies: () => true,
  });
}
