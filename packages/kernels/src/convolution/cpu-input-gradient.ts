import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { withChannelsFirst } from './channels-first.js';
import { exactPadding, gradientInfo } from './sizes.js';

/**
 * tfjs's own kernel, called with explicit padding. Without it, the kernel does not know how the
 * forward convolution rounded its size.
 */
export const conv2dBackpropInputOnCpu: BackendKernel<
  Record<'dy' | 'filter', TensorInfo>,
  Conv2DBackpropInputAttrs
> = {
  kernelName: Conv2DBackpropInput,
  make: (original) =>
    withChannelsFirst(Conv2DBackpropInput, true, (args) => {
      const { attrs } = args;
      const { dy, filter } = args.inputs;
      const info = gradientInfo(attrs.inputShape, filter.shape, dy.shape, attrs);
      const exact = { ...attrs, pad: exactPadding(info), dimRoundingMode: undefined };
      return original!({ ...args, attrs: exact });
    }),
};
