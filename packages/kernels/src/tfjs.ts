import {
  BatchMatMul,
  DepthwiseConv2dNative,
  FusedConv2D,
  FusedDepthwiseConv2D,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from './backend-kernel.js';
import { withChannelsFirst } from './convolution/channels-first.js';
import { conv2dBackpropFilterOnCpu } from './convolution/cpu-filter-gradient.js';
import { conv2dBackpropInputOnCpu } from './convolution/cpu-input-gradient.js';
import { withEmptyConvolutions } from './convolution/empty.js';
import { withSlope } from './convolution/fused.js';
import { conv3dKernels } from './convolution-3d/composed.js';
import {
  depthwiseBackpropFilterOnCpu,
  depthwiseBackpropInputOnCpu,
} from './depthwise/cpu-gradients.js';
import { everyBatchProduct } from './matrix-product/composed.js';
import { fusedProductKernel } from './matrix-product/fused.js';
import { emptyReductionKernels } from './reductions/empty.js';
import { unsortedSegmentSumKernel } from './segment-sum/composed.js';

/** The kernels that replace wrong kernels of tfjs's cpu backend. */
export const CPU_KERNELS: readonly BackendKernel[] = withEmptyConvolutions([
  { kernelName: BatchMatMul, make: everyBatchProduct },
  fusedProductKernel,
  ...emptyReductionKernels,
  {
    // tfjs's kernel ignores the data format, and so misreads channels first.
    kernelName: DepthwiseConv2dNative,
    make: (original) => withChannelsFirst(DepthwiseConv2dNative, true, original!),
  },
  conv2dBackpropInputOnCpu,
  conv2dBackpropFilterOnCpu,
  depthwiseBackpropInputOnCpu,
  depthwiseBackpropFilterOnCpu,
  {
    kernelName: FusedDepthwiseConv2D,
    make: (original) => withChannelsFirst(FusedDepthwiseConv2D, true, withSlope(original!)),
  },
  { kernelName: FusedConv2D, make: withSlope },
  unsortedSegmentSumKernel,
  ...conv3dKernels,
]);

export type { BackendKernel } from './backend-kernel.js';
export { exactPadding, outerPadding } from './convolution/sizes.js';
export {
  borderByBorder,
  fittedWindows,
  type Padding,
  type PoolAttrs,
  type PoolInfo,
  poolInfo,
} from './max-pool/windows.js';
export { emptyReductionKernels } from './reductions/empty.js';
