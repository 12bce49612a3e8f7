import {
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
} from '@tensorflow/tfjs-core';
import { gradientByKernels } from './convolution-gradient.js';

/**
 * Gives `tf.depthwiseConv2d` its gradients on a backend, also with dilations and with channels
 * first. tfjs refuses dilations, and forgets that channels come first.
 */
export function completeDepthwise(backend: string): void {
  gradientByKernels(backend, {
    op: DepthwiseConv2dNative,
    input: DepthwiseConv2dNativeBackpropInput,
    filter: DepthwiseConv2dNativeBackpropFilter,
    // Both come with one change: one without the other is of no use.
    owners: {
      input: DepthwiseConv2dNativeBackpropInput,
      filter: DepthwiseConv2dNativeBackpropInput,
    },
    applies: () => true,
  });
}
