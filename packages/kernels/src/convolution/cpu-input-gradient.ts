import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { withChannelsFirst } from './channels-first.js';
import { type Conv2DInfo, exactPadding, gradientInfo } from './sizes.js';

/**
 * tfjs's own kernel, called with explicit padding. Without it, the kernel does not know how the
 * forward convolution rounded its size.
 */
export const conv2dBackpropInputKernel: BackendKernel = {
  kernelName: Conv2DBackpropInput,
  make: (original) =>
    withChannelsFirst(Conv2DBackpropInput, true, (args) => {
      const { dy, filter } = args.inputs as Record<'dy' | 'filter', TensorInfo>;
      const attrs = args.attrs as unknown as Conv2DBackpropInputAttrs;
      const info = gradientInfo(attrs.inputShape, filter.shape, dy.shape, attrs);
      return original!(padded(args, info));
    }),
};

function padded(args: Parameters<KernelFunc>[0], info: Conv2DInfo): Parameters<KernelFunc>[0] {
  const attrs = { ...args.attrs, pad: exactPadding(info), dimRoundingMode: undefined };
  return { ...args, attrs: attrs as unknown as NamedAttrMap };
}
