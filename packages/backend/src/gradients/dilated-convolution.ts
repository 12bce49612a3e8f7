import { Conv2D, Conv2DBackpropFilter, Conv2DBackpropInput } from '@tensorflow/tfjs-core';
import { gradientByKernels } from './convolution.js';

/**
 * Registers a gradient of `tf.conv2d` with dilations on a backend. tfjs refuses it; the kernels of
 * this package compute it. Convolutions without dilations keep tfjs's gradient. Returns false if a
 * kernel is missing.
 */
export function registerDilatedGradients(backend: string): boolean {
  return gradientByKernels(backend, {
    op: Conv2D,
    input: Conv2DBackpropInput,
    filter: Conv2DBackpropFilter,
    owners: { input: Conv2DBackpropInput, filter: Conv2DBackpropFilter },
    applies: ({ dilations }) => [dilations ?? 1].flat().some((step) => step > 1),
  });
}
