import { addNOnWebGpu } from './add-n/webgpu.js';
import { axisTapsOnWebGpu } from './axis-taps/webgpu.js';
import type { BackendKernel } from './backend-kernel.js';
import {
  batchNormTrainingGradientOnWebGpu,
  batchNormTrainingOnWebGpu,
} from './batch-norm/webgpu.js';
import { castOnWebGpu } from './cast/webgpu.js';
import { clipByValueOnWebGpu } from './clamp/webgpu.js';
import { clampGradientOnWebGpu } from './clamp/webgpu-gradient.js';
import { withEmptyConvolutions } from './convolution/empty.js';
import { fusedConv2dOnWebGpu, fusedDepthwiseConv2dOnWebGpu } from './convolution/webgpu-fused.js';
import {
  conv2dBackpropFilterOnWebGpu,
  conv2dBackpropInputOnWebGpu,
} from './convolution/webgpu-gradients.js';
import { conv3dKernels } from './convolution-3d/composed.js';
import {
  depthwiseBackpropFilterOnWebGpu,
  depthwiseBackpropInputOnWebGpu,
} from './depthwise/webgpu-gradients.js';
import {
  diffStrideMatricesGradientOnWebGpu,
  diffStrideMatricesOnWebGpu,
  diffStrideOnWebGpu,
} from './diff-stride/webgpu.js';
import { diffStrideGradientOnWebGpu } from './diff-stride/webgpu-ramp-gradient.js';
import { storeHalfOnWebGpu } from './half-storage/webgpu.js';
import { fusedProductKernel } from './matrix-product/fused.js';
import { batchMatMulOnWebGpu } from './matrix-product/webgpu.js';
import { reductionKernels } from './reductions/webgpu-integers.js';
import { reluKernels } from './relu/webgpu.js';
import { reluGradientOnWebGpu } from './relu/webgpu-gradient.js';
import { resampleInputGradientOnWebGpu, resampleOnWebGpu } from './resample/webgpu.js';
import { resampleMatrixGradientOnWebGpu } from './resample/webgpu-matrix-gradient.js';
import { unsortedSegmentSumOnWebGpu } from './segment-sum/webgpu.js';
import { sgdMomentumOfAllOnWebGpu } from './sgd-momentum/webgpu.js';

/** The kernels of a WebGPU backend. */
export const WEBGPU_KERNELS: readonly BackendKernel[] = withEmptyConvolutions([
  conv2dBackpropFilterOnWebGpu,
  conv2dBackpropInputOnWebGpu,
  depthwiseBackpropFilterOnWebGpu,
  depthwiseBackpropInputOnWebGpu,
  fusedDepthwiseConv2dOnWebGpu,
  fusedConv2dOnWebGpu,
  batchMatMulOnWebGpu,
  fusedProductKernel,
  ...reductionKernels,
  addNOnWebGpu,
  unsortedSegmentSumOnWebGpu,
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
  castOnWebGpu,
  sgdMomentumOfAllOnWebGpu,
  storeHalfOnWebGpu,
]);

export { halfReadingMethods, halvesStored } from './half-storage/webgpu.js';
export { maxPoolGradOnWebGpu, maxPoolOnWebGpu } from './max-pool/webgpu.js';
export { padOnWebGpu } from './pad/webgpu.js';
export { argMaxOnWebGpu, argMinOnWebGpu } from './reductions/webgpu-arg-min-max.js';
export { fusedReluKernels } from './relu/webgpu.js';
export { transposeOnWebGpu } from './transpose/webgpu.js';
export { measureDevicePeak } from './webgpu/measure-device-peak.js';
export type { WebGpuBackend } from './webgpu/webgpu-backend.js';
