import { Kernel } from '@ds/kernels';
import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  conv2d,
  getBackend,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { type DilatedAttrs, gradientByKernels } from './convolution.js';

/**
 * Registers a gradient of `tf.conv2d` with dilations on a backend, and the gradient of its input
 * gradient, which a second derivative needs. tfjs refuses the first, and computes the second
 * without dilations. Convolutions without dilations keep tfjs's gradients. Returns false if a
 * kernel is missing.
 */
export function registerDilatedGradients(backend: string): boolean {
  const areRegistered = gradientByKernels(backend, {
    op: Conv2D,
    input: Conv2DBackpropInput,
    filter: Conv2DBackpropFilter,
    owners: { input: Conv2DBackpropInput, filter: Conv2DBackpropFilter },
    applies: isDilated,
  });
  if (areRegistered) registerInputGradient(backend);
  return areRegistered;
}

const isDilated = ({ dilations }: DilatedAttrs) => [dilations ?? 1].flat().some((step) => step > 1);

const filterGradientKernel = new Kernel<
  { x: Tensor4D; dy: Tensor4D },
  Omit<InputGradientAttrs, 'inputShape'> & { filterShape: number[] },
  Tensor4D
>(Conv2DBackpropFilter);

interface InputGradientAttrs extends Conv2DBackpropInputAttrs {
  dilations?: number | [number, number];
}

/**
 * The input gradient is linear in dy and in the filter. Its gradient in dy is the convolution, and
 * that in the filter is the convolution's.
 */
function registerInputGradient(backend: string): void {
  replaceGradient<InputGradientAttrs>(Conv2DBackpropInput, (original) => (slope, saved, attrs) => {
    if (getBackend() !== backend || !isDilated(attrs)) {
      return original.gradFunc(slope, saved, attrs);
    }
    const x = slope as Tensor4D;
    const [dy, filter] = saved as [Tensor4D, Tensor4D];
    const { inputShape: _, ...others } = attrs;
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = others;
    return {
      dy: () => conv2d(x, filter, strides, pad, dataFormat, dilations, dimRoundingMode),
      filter: () => filterGradientKernel.run({ x, dy }, { ...others, filterShape: filter.shape }),
    };
  });
}
