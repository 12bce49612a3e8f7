import { ClipByValue, type KernelFunc } from '@tensorflow/tfjs-core';
import { conv3dKernels } from '../conv3d.js';
import { withEmptyConvolutions } from '../empty-convolutions.js';
import { emptyReductionKernels } from '../empty-reductions.js';
import { fusedProductKernel } from '../fused-product.js';
import { clipLimits, withIntegerLimits } from '../integer-limits.js';
import { type BackendKernel, registerKernels } from '../replaced-kernels.js';
import { addNKernel } from './add-n.js';
import { axisTapsKernel } from './axis-taps.js';
import { batchMatMulKernel } from './batch-mat-mul.js';
import { batchNormTrainingGradKernel, batchNormTrainingKernel } from './batch-norm.js';
import { conv2dBackpropFilterKernel, conv2dBackpropInputKernel } from './convolution-gradients.js';
import {
  depthwiseBackpropFilterKernel,
  depthwiseBackpropInputKernel,
} from './depthwise-gradients.js';
import { diffStrideMatricesGradKernel, diffStrideMatricesKernel } from './diff-stride.js';
import { fusedConv2dKernel, fusedDepthwiseConv2dKernel } from './fused-convolution.js';
import { storeHalfKernel } from './half-storage.js';
import { fusedReluKernels, reluKernels } from './relu.js';
import { reluGradKernel } from './relu-grad.js';
import { resampleInputGradKernel, resampleKernel } from './resample.js';
import { resampleMatrixGradKernel } from './resample-matrix-grad.js';
import { sgdMomentumAllKernel } from './sgd-momentum.js';
import { unsortedSegmentSumKernel } from './unsorted-segment-sum.js';

/** The changes that name these kernels register them. */
export const KERNELS: BackendKernel[] = withEmptyConvolutions([
  conv2dBackpropFilterKernel,
  conv2dBackpropInputKernel,
  depthwiseBackpropFilterKernel,
  depthwiseBackpropInputKernel,
  fusedDepthwiseConv2dKernel,
  fusedConv2dKernel,
  batchMatMulKernel,
  fusedProductKernel,
  ...emptyReductionKernels,
  addNKernel,
  unsortedSegmentSumKernel,
  ...conv3dKernels,
  resampleKernel,
  resampleInputGradKernel,
  resampleMatrixGradKernel,
  axisTapsKernel,
  diffStrideMatricesKernel,
  diffStrideMatricesGradKernel,
  batchNormTrainingKernel,
  batchNormTrainingGradKernel,
  reluGradKernel,
  ...reluKernels,
  {
    kernelName: ClipByValue,
    make: (original) => withIntegerLimits(original as KernelFunc, clipLimits),
  },
  sgdMomentumAllKernel,
  storeHalfKernel,
]);

/** Registers the kernels with these names. */
export function registerPrograms(backend: string, names: readonly string[]): void {
  registerKernels(
    backend,
    KERNELS.filter(({ kernelName }) => names.includes(kernelName)),
  );
}

/** Takes ReLU out of the fused kernels that are there. It follows as a program of its own. */
export const registerFusedRelu = (backend: string) => registerKernels(backend, fusedReluKernels);

export { reportDeviceErrors } from './device-errors.js';
export { reportDeviceLoss } from './device-loss.js';
export { differentiableMatrices } from './diff-stride.js';
export { readHalves, readNoHalves } from './half-storage.js';
export { readAsTfjs, readSynchronously } from './read-sync.js';
