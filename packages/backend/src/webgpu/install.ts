import { type BackendKernel, registerKernels } from '../replaced-kernels.js';
import { addNKernel } from './add-n.js';
import { batchMatMulKernel } from './batch-mat-mul.js';
import { batchNormTrainingGradKernel, batchNormTrainingKernel } from './batch-norm.js';
import { conv2dBackpropFilterKernel, conv2dBackpropInputKernel } from './convolution-gradients.js';
import { diffStrideMatricesGradKernel, diffStrideMatricesKernel } from './diff-stride.js';
import { storeHalfKernel } from './half-storage.js';
import { reluGradKernel } from './relu-grad.js';
import { resampleInputGradKernel, resampleKernel } from './resample.js';
import { resampleMatrixGradKernel } from './resample-matrix-grad.js';
import { sgdMomentumAllKernel } from './sgd-momentum.js';

/** Registered by the changes that name them. */
export const KERNELS: BackendKernel[] = [
  conv2dBackpropFilterKernel,
  conv2dBackpropInputKernel,
  batchMatMulKernel,
  addNKernel,
  resampleKernel,
  resampleInputGradKernel,
  resampleMatrixGradKernel,
  diffStrideMatricesKernel,
  diffStrideMatricesGradKernel,
  batchNormTrainingKernel,
  batchNormTrainingGradKernel,
  reluGradKernel,
  sgdMomentumAllKernel,
  storeHalfKernel,
];

/** Registers those of the kernels that are named. */
export function registerPrograms(backend: string, names: readonly string[]): void {
  registerKernels(
    backend,
    KERNELS.filter(({ kernelName }) => names.includes(kernelName)),
  );
}

export { reportDeviceLoss } from './device-loss.js';
export { differentiableMatrices } from './diff-stride.js';
export { readAsTfjs, readSynchronously } from './read-sync.js';
