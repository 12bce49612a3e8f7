import {
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
} from '@tensorflow/tfjs-core';
import { withChannelsFirst } from '../convolution/channels-first.js';
import { asMade, type Conv2DInfo, depthwiseInfo } from '../convolution/sizes.js';
import {
  composedFilterGradient,
  composedInputGradient,
  type DepthwiseFilterGradient,
  type DepthwiseInputGradient,
} from './composed.js';

/**
 * tfjs's own kernel. It ignores dilations, so the gradient of a dilated convolution is composed.
 */
export const depthwiseBackpropInputOnCpu: DepthwiseInputGradient = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  make: (original) =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropInput, true, (args) => {
      const { attrs } = args;
      const { dy, filter } = args.inputs;
      const info = asMade(depthwiseInfo(attrs.inputShape, filter.shape, attrs), dy.shape);
      return isDilated(info) ? composedInputGradient(dy, filter, info) : original!(args);
    }),
};

/**
 * tfjs's own kernel. It ignores dilations, so the gradient of a dilated convolution is composed.
 */
export const depthwiseBackpropFilterOnCpu: DepthwiseFilterGradient = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  make: (original) =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropFilter, false, (args) => {
      const { attrs } = args;
      const { x, dy } = args.inputs;
      const info = asMade(depthwiseInfo(x.shape, attrs.filterShape, attrs), dy.shape);
      return isDilated(info) ? composedFilterGradient(x, dy, info) : original!(args);
    }),
};

function isDilated({ dilationHeight, dilationWidth }: Conv2DInfo): boolean {
  return dilationHeight > 1 || dilationWidth > 1;
}
