import { backend as currentBackend, Mean, Sum } from '@tensorflow/tfjs-core';
import { acceleratedBatchNorm } from '../accelerated-batch-norm.js';
import { acceleratedRelu } from '../accelerated-relu.js';
import { conv3dKernels } from '../conv3d.js';
import { completeDepthwise } from '../depthwise-gradient.js';
import { acceleratedDilation } from '../dilated-gradient.js';
import { withEmptyConvolutions } from '../empty-convolutions.js';
import { emptyReductionKernels } from '../empty-reductions.js';
import { completeProductGradient } from '../product-gradient.js';
import { type BackendKernel, registerKernels } from '../replaced-kernels.js';
import { unsortedSegmentSumKernel } from '../unsorted-segment-sum.js';
import { axisTapsKernel } from './axis-taps.js';
import { batchMatMulKernel } from './batch-mat-mul.js';
import { batchNormTrainingGradKernel, batchNormTrainingKernel } from './batch-norm.js';
import { clipByValueKernel, relu6Kernel } from './clamp.js';
import { conv2dKernel, fusedConv2dKernel } from './conv2d.js';
import { conv2dBackpropFilterKernel } from './conv2d-backprop-filter.js';
import { conv2dBackpropInputKernel } from './conv2d-backprop-input.js';
import { copyFromKernel, copyIntoKernel } from './copy.js';
import {
  depthwiseBackpropFilterKernel,
  depthwiseBackpropInputKernel,
  depthwiseConv2dKernel,
  fusedDepthwiseConv2dKernel,
} from './depthwise.js';
import {
  dilation2dBackpropFilterKernel,
  dilation2dBackpropInputKernel,
  dilation2dKernel,
} from './dilation2d.js';
import { fusedBatchNormKernel } from './fused-batch-norm.js';
import { fusedMatMulKernel } from './fused-mat-mul.js';
import { gatherKernel } from './gather.js';
import { identityKernel } from './identity.js';
import { type KernelVariant, kernelModule, linkKernels } from './kernel-module.js';
import { leftMultiplyGradKernel, leftMultiplyKernel } from './left-multiply.js';
import { maxPoolGradKernel } from './max-pool-grad.js';
import { preluKernel } from './prelu.js';
import { regionMaxGradKernel, regionMaxKernel } from './region-max.js';
import { reluGradKernel } from './relu-grad.js';
import { resampleInputGradKernel, resampleKernel, resampleMatrixGradKernel } from './resample.js';
import { sgdMomentumKernel } from './sgd-momentum.js';
import { meanKernel, sumKernel } from './sum.js';

/** Composed from kernels of tfjs, faster where the SIMD kernels are linked. */
const KERNELS: BackendKernel[] = [
  conv2dBackpropFilterKernel,
  conv2dBackpropInputKernel,
  batchMatMulKernel,
  fusedMatMulKernel,
  sumKernel,
  meanKernel,
  identityKernel,
  preluKernel,
  ...emptyReductionKernels.filter(({ kernelName }) => ![Sum, Mean].includes(kernelName)),
  conv2dKernel,
  fusedConv2dKernel,
  depthwiseConv2dKernel,
  fusedDepthwiseConv2dKernel,
  depthwiseBackpropInputKernel,
  depthwiseBackpropFilterKernel,
  ...conv3dKernels,
  dilation2dKernel,
  dilation2dBackpropInputKernel,
  dilation2dBackpropFilterKernel,
  gatherKernel,
  unsortedSegmentSumKernel,
];

/** Only where the SIMD kernels are linked; who wants them looks them up and has a way without. */
const SIMD_KERNELS: BackendKernel[] = [
  leftMultiplyKernel,
  leftMultiplyGradKernel,
  resampleKernel,
  resampleInputGradKernel,
  resampleMatrixGradKernel,
  axisTapsKernel,
  regionMaxKernel,
  regionMaxGradKernel,
  maxPoolGradKernel,
  reluGradKernel,
  relu6Kernel,
  clipByValueKernel,
  fusedBatchNormKernel,
  batchNormTrainingKernel,
  batchNormTrainingGradKernel,
  sgdMomentumKernel,
  copyIntoKernel,
  copyFromKernel,
];

/** What was registered, and why not more. */
export interface Installation {
  added: string[];
  replaced: string[];
  /** Why the SIMD kernels are not linked, or `null` if they are. */
  withoutSimd: string | null;
  /** Which SIMD kernels are linked, if any. */
  kernels: KernelVariant | null;
}

let installed: Installation | null = null;

/** Links the SIMD kernels into the current backend and registers everything, once in a process. */
export async function installWasmTraining(): Promise<Installation> {
  const withoutSimd = await linkKernels(currentBackend());
  const kernels = kernelModule(currentBackend())?.variant ?? null;
  if (installed) return { ...installed, withoutSimd, kernels };
  const wanted = withoutSimd === null ? [...KERNELS, ...SIMD_KERNELS] : KERNELS;
  const result: Installation = {
    ...registerKernels('wasm', withEmptyConvolutions(wanted)),
    withoutSimd,
    kernels,
  };
  completeProductGradient();
  completeDepthwise('wasm');
  if (withoutSimd === null) {
    acceleratedRelu();
    acceleratedDilation('wasm');
    if (await acceleratedBatchNorm()) result.replaced.push('BatchNormalization (training)');
  }
  installed = result;
  return result;
}
