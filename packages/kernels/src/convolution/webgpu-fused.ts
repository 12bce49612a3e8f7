import {
  Conv2D,
  DepthwiseConv2dNative,
  FusedConv2D,
  type FusedConv2DAttrs,
  FusedDepthwiseConv2D,
  type KernelFunc,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { fusedKernel, withSlope } from './fused.js';

/**
 * tfjs's own kernel for a bias and slopes with one value per channel. It reads others wrongly, so
 * those run composed. The depthwise kernel below also runs composed with channels first.
 */
export const fusedConv2dKernel: BackendKernel = {
  kernelName: FusedConv2D,
  make: (original) => {
    const composed = fusedKernel(FusedConv2D, Conv2D);
    const own = withSlope(original as KernelFunc);
    return (args) => {
      const { filter } = args.inputs as unknown as { filter: Tensor };
      return isPlain(args.inputs as never, filter.shape[3]!) ? own(args) : composed(args);
    };
  },
};

export const fusedDepthwiseConv2dKernel: BackendKernel = {
  kernelName: FusedDepthwiseConv2D,
  make: (original) => {
    const composed = fusedKernel(FusedDepthwiseConv2D, DepthwiseConv2dNative);
    const own = withSlope(original as KernelFunc);
    return (args) => {
      const { filter } = args.inputs as unknown as { filter: Tensor };
      const { dataFormat } = args.attrs as unknown as FusedConv2DAttrs;
      const isLast = dataFormat !== 'NCHW';
      const channels = filter.shape[2]! * filter.shape[3]!;
      return isLast && isPlain(args.inputs as never, channels) ? own(args) : composed(args);
    };
  },
};

/** Whether tfjs's programs read bias and slopes correctly. */
function isPlain(
  { bias, preluActivationWeights }: { bias?: Tensor; preluActivationWeights?: Tensor },
  channels: number,
): boolean {
  return [bias, preluActivationWeights].every(
    (given) => !given || (given.rank === 1 && given.size === channels),
  );
}
