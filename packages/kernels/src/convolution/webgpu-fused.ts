import {
  Conv2D,
  DepthwiseConv2dNative,
  FusedConv2D,
  FusedDepthwiseConv2D,
} from '@tensorflow/tfjs-core';
import { type FusedConvolution, type FusedInputs, fusedKernel, withSlope } from './fused.js';

/**
 * tfjs's own kernel for a bias and slopes with one value per channel. It reads others wrongly, so
 * those run composed. The depthwise kernel below also runs composed with channels first.
 */
export const fusedConv2dOnWebGpu: FusedConvolution = {
  kernelName: FusedConv2D,
  make: (original) => {
    const composed = fusedKernel(FusedConv2D, Conv2D);
    const own = withSlope(original!);
    return (args) => {
      const channels = args.inputs.filter.shape[3]!;
      return isPlain(args.inputs, channels) ? own(args) : composed(args);
    };
  },
};

export const fusedDepthwiseConv2dOnWebGpu: FusedConvolution = {
  kernelName: FusedDepthwiseConv2D,
  make: (original) => {
    const composed = fusedKernel(FusedDepthwiseConv2D, DepthwiseConv2dNative);
    const own = withSlope(original!);
    return (args) => {
      const { shape } = args.inputs.filter;
      const isLast = args.attrs.dataFormat !== 'NCHW';
      const channels = shape[2]! * shape[3]!;
      return isLast && isPlain(args.inputs, channels) ? own(args) : composed(args);
    };
  },
};

/** Whether tfjs's programs read bias and slopes correctly. */
function isPlain({ bias, preluActivationWeights }: FusedInputs, channels: number): boolean {
  return [bias, preluActivationWeights].every(
    (given) => !given || (given.rank === 1 && given.size === channels),
  );
}
