import {
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { withChannelsFirst } from '../convolution/channels-first.js';
import { asMade, type Conv2DInfo, depthwiseInfo } from '../convolution/sizes.js';
import { composedFilterGradient, composedInputGradient } from './composed.js';

/**
 * tfjs's own kernel. It ignores dilations, so the gradient of a dilated convolution is composed.
 */
export const depthwiseBackpropInputKernel: BackendKernel = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  make: (original) =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropInput, true, (args) => {
      const { dy, filter } = args.inputs as unknown as Record<'dy' | 'filter', Tensor4D>;
      const attrs = args.attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
      const info = asMade(depthwiseInfo(attrs.inputShape, filter.shape, attrs), dy.shape);
      return isDilated(info) ? composedInputGradient(dy, filter, info) : original!(args);
    }),
};

/**
 * tfjs's own kernel. It ignores dilations, so the gradient of a dilated convolution is composed.
 */
export const depthwiseBackpropFilterKernel: BackendKernel = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  make: (original) =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropFilter, false, (args) => {
      const { x, dy } = args.inputs as unknown as Record<'x' | 'dy', Tensor4D>;
      const attrs = args.attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
      const info = asMade(depthwiseInfo(x.shape, attrs.filterShape, attrs), dy.shape);
      return isDilated(info) ? composedFilterGradient(x, dy, info) : original!(args);
    }),
};

function isDilated({ dilationHeight, dilationWidth }: Conv2DInfo): boolean {
  return dilationHeight > 1 || dilationWidth > 1;
}
