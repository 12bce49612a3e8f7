import {
  BatchMatMul,
  DepthwiseConv2dNative,
  FusedConv2D,
  FusedDepthwiseConv2D,
  type KernelFunc,
} from '@tensorflow/tfjs-core';
import { everyBatchProduct } from '../batch-product.js';
import { withChannelsFirst } from '../channels-first.js';
import { conv3dKernels } from '../conv3d.js';
import { completeDepthwise } from '../depthwise-gradient.js';
import { withEmptyConvolutions } from '../empty-convolutions.js';
import { emptyReductionKernels } from '../empty-reductions.js';
import { withSlope } from '../fused-convolution.js';
import { fusedProductKernel } from '../fused-product.js';
import { completeProductGradient } from '../product-gradient.js';
import { type BackendKernel, registerKernels } from '../replaced-kernels.js';
import { unsortedSegmentSumKernel } from '../unsorted-segment-sum.js';
import { conv2dBackpropFilterKernel, conv2dBackpropInputKernel } from './convolution-gradients.js';
import { depthwiseBackpropFilterKernel, depthwiseBackpropInputKernel } from './depthwise.js';

/** What tfjs's own cpu backend has wrong. */
const KERNELS: BackendKernel[] = [
  {
    kernelName: BatchMatMul,
    make: (original) => everyBatchProduct(original as KernelFunc),
  },
  fusedProductKernel,
  ...emptyReductionKernels,
  {
    // It takes no notice of channels that come first.
    kernelName: DepthwiseConv2dNative,
    make: (original) => withChannelsFirst(DepthwiseConv2dNative, true, original as KernelFunc),
  },
  conv2dBackpropInputKernel,
  conv2dBackpropFilterKernel,
  depthwiseBackpropInputKernel,
  depthwiseBackpropFilterKernel,
  {
    kernelName: FusedDepthwiseConv2D,
    make: (original) =>
      withChannelsFirst(FusedDepthwiseConv2D, true, withSlope(original as KernelFunc)),
  },
  { kernelName: FusedConv2D, make: (original) => withSlope(original as KernelFunc) },
  unsortedSegmentSumKernel,
  ...conv3dKernels,
];

let installed: { added: string[]; replaced: string[] } | null = null;

/** Registers the kernels, once in a process. */
export function installCpuTraining(): { added: string[]; replaced: string[] } {
  if (installed) return installed;
  installed = registerKernels('cpu', withEmptyConvolutions(KERNELS));
  completeProductGradient();
  completeDepthwise('cpu');
  return installed;
}
