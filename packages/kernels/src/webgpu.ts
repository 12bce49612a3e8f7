import { addNKernel } from './add-n/webgpu.js';
import { axisTapsOnWebGpu } from './axis-taps/webgpu.js';
import type { BackendKernel } from './backend-kernel.js';
import {
  batchNormTrainingGradientOnWebGpu,
  batchNormTrainingOnWebGpu,
} from './batch-norm/webgpu.js';
import { castKernel } from './cast/webgpu.js';
import { clipByValueOnWebGpu } from './clamp/webgpu.js';
import { clampGradientOnWebGpu } from './clamp/webgpu-gradient.js';
import { withEmptyConvolutions } from './convolution/empty.js';
import { fusedConv2dKernel, fusedDepthwiseConv2dKernel } from './convolution/webgpu-fused.js';
import {
  conv2dBackpropFilterKernel,
  conv2dBackpropInputKernel,
} from './convolution/webgpu-gradients.js';
import { conv3dKernels } from './convolution-3d/composed.js';
import {
  depthwiseBackpropFilterKernel,
  depthwiseBackpropInputKernel,
} from './depthwise/webgpu-gradients.js';
import {
  diffStrideMatricesGradientOnWebGpu,
  diffStrideMatricesOnWebGpu,
  diffStrideOnWebGpu,
} from './diff-stride/webgpu.js';
import { diffStrideGradientOnWebGpu } from './diff-stride/webgpu-ramp-gradient.js';
import { storeHalfOnWebGpu } from './half-storage/webgpu.js';
import { fusedProductKernel } from './matrix-product/fused.js';
import { batchMatMulKernel } from './matrix-product/webgpu.js';
import { reductionKernels } from './reductions/webgpu-integers.js';
import { reluKernels } from './relu/webgpu.js';
import { reluGradientOnWebGpu } from './relu/webgpu-gradient.js';
import { resampleInputGradientOnWebGpu, resampleOnWebGpu } from './resample/webgpu.js';
import { resampleMatrixGradientOnWebGpu } from './resample/webgpu-matrix-gradient.js';
import { unsortedSegmentSumKernel } from './segment-sum/webgpu.js';
import { sgdMomentumOfAllOnWebGpu } from './sgd-momentum/webgpu.js';

/** The kernels of a WebGPU backend. */
export const WEBGPU_KERNELS: readonly BackendKernel[] = withEmptyConvolutions([
  conv2dBackpropFilterKernel,
  conv2dBackpropInputKernel,
  depthwiseBackpropFilterKernel,
  depthwiseBackpropInputKernel,
  fusedDepthwiseConv2dKernel,
  fusedConv2dKernel,
  batchMatMulKernel,
  fusedProductKernel,
  ...reductionKernels,
  addNKernel,
  unsortedSegmentSumKernel,
  ...conv3dKernels,
  resampleOnWebGpu,
  resampleInputGradientOnWebGpu,
  resampleMatrixGradientOnWebGpu,
  axisTapsOnWebGpu,
  diffStrideMatricesOnWebGpu,
  diffStrideMatricesGradientOnWebGpu,
  diffStrideOnWebGpu,
  diffStrideGradientOnWebGpu,
  batchNormTrainingOnWebGpu,
  batchNormTrainingGradientOnWebGpu,
  reluGradientOnWebGpu,
  ...reluKernels,
  clipByValueOnWebGpu,
  clampGradientOnWebGpu,
  castKernel,
  sgdMomentumOfAllOnWebGpu,
  storeHalfOnWebGpu,
]);

export { halfReadingMethods, halvesStored } from './half-storage/webgpu.js';
export { maxPoolGradKernel, maxPoolKernel } from './max-pool/webgpu.js';
export { padKernel } from './pad/webgpu.js';
export { argMaxKernel, argMinKernel } from './reductions/webgpu-arg-min-max.js';
export { fusedReluKernels } from './relu/webgpu.js';
export { transposeKernel } from './transpose/webgpu.js';
export { measureDevicePeak } from './webgpu/measure-device-peak.js';
export type { WebGpuBackend } from './webgpu/webgpu-backend.js';
