import {
  DepthwiseConv2dNative,
  FusedDepthwiseConv2D,
  type FusedDepthwiseConv2DAttrs,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { fusedKernel } from '../fused-convolution.js';
import type { BackendKernel } from '../replaced-kernels.js';

/**
 * tfjs's own, except where bias and slopes are not one value a channel, a slope is left out, or channels come first: what it
 * reads then is not what they are.
 */
export const fusedDepthwiseConv2dKernel: BackendKernel = {
  kernelName: FusedDepthwiseConv2D,
  make: (original) => {
    const composed = fusedKernel(FusedDepthwiseConv2D, DepthwiseConv2dNative);
    return (args) => {
      const { filter, bias, preluActivationWeights } = args.inputs as unknown as {
        filter: Tensor;
        bias?: Tensor;
        preluActivationWeights?: Tensor;
      };
      const attrs = args.attrs as unknown as FusedDepthwiseConv2DAttrs;
      const channels = filter.shape[2]! * filter.shape[3]!;
      const isPlain = [bias, preluActivationWeights].every(
        (given) => !given || (given.rank === 1 && given.size === channels),
      );
      const { activation, leakyreluAlpha, dataFormat } = attrs;
      const lacksSlope = activation === 'leakyrelu' && leakyreluAlpha === undefined;
      return isPlain && !lacksSlope && dataFormat !== 'NCHW' ? original!(args) : composed(args);
    };
  },
};
