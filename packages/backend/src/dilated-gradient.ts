import { Conv2D, Conv2DBackpropFilter, Conv2DBackpropInput } from '@tensorflow/tfjs-core';
import { gradientByKernels } from './convolution-gradient.js';

/**
 * Gives `tf.conv2d` a gradient with dilations on a backend. tfjs refuses it, but the kernels of
 * this package have it. Everything else keeps the gradient of tfjs. Returns false if one of both
 * kernels is missing.
 */
export function acceleratedDilation(backend: string): boolean {
  return gradientByKernels(backend, {
    op: Conv2D,
    input: Conv2DBackpropInput,
    filter: Conv2DBackpropFilter,
    owners: { input: Conv2DBackpropInput, filter: Conv2DBackpropFilter },
    applies: ({ dilations }) => [dilations ?? 1].flat().some((step) => step > 1),
  });
}
