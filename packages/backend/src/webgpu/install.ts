import { backend as currentBackend } from '@tensorflow/tfjs-core';
import { acceleratedBatchNorm } from '../accelerated-batch-norm.js';
import { acceleratedRelu } from '../accelerated-relu.js';
import { conv3dKernels } from '../conv3d.js';
import { completeDepthwise } from '../depthwise-gradient.js';
import { acceleratedDilation } from '../dilated-gradient.js';
import { withEmptyConvolutions } from '../empty-convolutions.js';
import { emptyReductionKernels } from '../empty-reductions.js';
import { fusedProductKernel } from '../fused-product.js';
import { completeProductGradient } from '../product-gradient.js';
import { type BackendKernel, registerKernels } from '../replaced-kernels.js';
import { addNKernel } from './add-n.js';
import { axisTapsKernel } from './axis-taps.js';
import { batchMatMulKernel } from './batch-mat-mul.js';
import { batchNormTrainingGradKernel, batchNormTrainingKernel } from './batch-norm.js';
import { conv2dBackpropFilterKernel, conv2dBackpropInputKernel } from './convolution-gradients.js';
import { isDawn } from './dawn.js';
import {
  depthwiseBackpropFilterKernel,
  depthwiseBackpropInputKernel,
} from './depthwise-gradients.js';
import { reportDeviceErrors } from './device-errors.js';
import { reportDeviceLoss } from './device-loss.js';
import {
  differentiableMatrices,
  diffStrideMatricesGradKernel,
  diffStrideMatricesKernel,
} from './diff-stride.js';
import { fusedConv2dKernel, fusedDepthwiseConv2dKernel } from './fused-convolution.js';
import { storeHalfKernel } from './half-storage.js';
import { readSynchronously } from './read-sync.js';
import { reluKernels } from './relu.js';
import { reluGradKernel } from './relu-grad.js';
import { resampleInputGradKernel, resampleKernel } from './resample.js';
import { resampleMatrixGradKernel } from './resample-matrix-grad.js';
import { sgdMomentumAllKernel } from './sgd-momentum.js';
import { unsortedSegmentSumKernel } from './unsorted-segment-sum.js';
import type { WebGpuBackend } from './webgpu-backend.js';

const KERNELS: BackendKernel[] = [
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
  sgdMomentumAllKernel,
  storeHalfKernel,
];

let installed: { added: string[]; replaced: string[] } | null = null;
const prepared = new WeakSet<WebGpuBackend>();

/** Makes the current backend report its errors and its loss and, in Node, read synchronously; registers the kernels, once in a process. */
export async function installWebGpuTraining(): Promise<{ added: string[]; replaced: string[] }> {
  const backend = currentBackend() as WebGpuBackend;
  if (!prepared.has(backend)) {
    prepared.add(backend);
    if (isDawn()) readSynchronously(backend);
    reportDeviceErrors(backend);
    reportDeviceLoss(backend);
  }
  if (installed) return installed;
  installed = registerKernels('webgpu', withEmptyConvolutions(KERNELS));
  acceleratedRelu();
  completeProductGradient();
  differentiableMatrices();
  acceleratedDilation('webgpu');
  completeDepthwise('webgpu');
  if (await acceleratedBatchNorm()) installed.replaced.push('BatchNormalization (training)');
  return installed;
}
