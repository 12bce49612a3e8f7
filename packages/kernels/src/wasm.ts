export type { KernelVariant } from './kernel-files.js';

import { Mean, Sum } from '@tensorflow/tfjs-core';
import { averagePoolKernel } from './average-pool/wasm.js';
import { averagePoolGradientKernel } from './average-pool/wasm-gradient.js';
import { axisTapsOnWasm } from './axis-taps/wasm.js';
import type { BackendKernel } from './backend-kernel.js';
import { batchNormTrainingGradientOnWasm, batchNormTrainingOnWasm } from './batch-norm/wasm.js';
import { fusedBatchNormKernel } from './batch-norm/wasm-inference.js';
import { clipByValueKernel, relu6Kernel } from './clamp/wasm.js';
import { clampGradientOnWasm } from './clamp/wasm-gradient.js';
import { withEmptyConvolutions } from './convolution/empty.js';
import { conv2dBackpropFilterKernel } from './convolution/wasm-filter-gradient.js';
import { conv2dKernel, fusedConv2dKernel } from './convolution/wasm-forward.js';
import { conv2dBackpropInputKernel } from './convolution/wasm-input-gradient.js';
import { conv3dKernels } from './convolution-3d/composed.js';
import { copyFromOnWasm, copyIntoOnWasm } from './copy/wasm.js';
import {
  depthwiseBackpropFilterKernel,
  depthwiseBackpropInputKernel,
  depthwiseConv2dKernel,
  fusedDepthwiseConv2dKernel,
} from './depthwise/wasm.js';
import {
  diffStrideGradientOnWasm,
  diffStrideInputGradientOnWasm,
  diffStrideOnWasm,
} from './diff-stride/wasm.js';
import {
  dilation2dBackpropFilterKernel,
  dilation2dBackpropInputKernel,
  dilation2dKernel,
} from './dilation/wasm.js';
import { binaryKernels } from './elementwise/wasm-binary.js';
import { selectKernels } from './elementwise/wasm-select.js';
import { inverseRealFft2dOnWasm, realFft2dOnWasm } from './fft/wasm.js';
import { gatherKernel } from './gather/wasm.js';
import { identityKernel } from './identity/wasm.js';
import { leftMultiplyGradientOnWasm, leftMultiplyOnWasm } from './left-multiply/wasm.js';
import { boxKernels } from './lines/wasm-box.js';
import { joinKernels } from './lines/wasm-join.js';
import { tileKernel } from './lines/wasm-tile.js';
import { batchMatMulKernel } from './matrix-product/wasm.js';
import { fusedMatMulKernel } from './matrix-product/wasm-fused.js';
import { maxPoolKernel } from './max-pool/wasm.js';
import { maxPoolGradKernel } from './max-pool/wasm-gradient.js';
import { emptyReductionKernels } from './reductions/empty.js';
import { meanKernel, sumKernel } from './reductions/wasm-sum.js';
import { regionMaxGradientOnWasm, regionMaxOnWasm } from './region-max/wasm.js';
import { reluGradientOnWasm } from './relu/wasm-gradient.js';
import { preluKernel } from './relu/wasm-prelu.js';
import {
  resampleInputGradientOnWasm,
  resampleMatrixGradientOnWasm,
  resampleOnWasm,
} from './resample/wasm.js';
import { resizeNearestGradientKernel } from './resize/wasm-gradient.js';
import { unsortedSegmentSumKernel } from './segment-sum/composed.js';
import { sgdMomentumOnWasm } from './sgd-momentum/wasm.js';

/** Kernels that run everywhere. They call the SIMD module if it is linked, else kernels of tfjs. */
export const COMPOSED_KERNELS: readonly BackendKernel[] = withEmptyConvolutions([
  conv2dBackpropFilterKernel,
  conv2dBackpropInputKernel,
  batchMatMulKernel,
  fusedMatMulKernel,
  sumKernel,
  meanKernel,
  identityKernel,
  preluKernel,
  relu6Kernel,
  clipByValueKernel,
  ...emptyReductionKernels.filter(({ kernelName }) => ![Sum, Mean].includes(kernelName)),
  conv2dKernel,
  fusedConv2dKernel,
  depthwiseConv2dKernel,
  fusedDepthwiseConv2dKernel,
  depthwiseBackpropInputKernel,
  depthwiseBackpropFilterKernel,
  ...conv3dKernels,
  maxPoolKernel,
  dilation2dKernel,
  dilation2dBackpropInputKernel,
  dilation2dBackpropFilterKernel,
  gatherKernel,
  unsortedSegmentSumKernel,
]);

/** Kernels of the SIMD module. Callers fall back to other ops if they are missing. */
export const SIMD_KERNELS: readonly BackendKernel[] = [
  leftMultiplyOnWasm,
  leftMultiplyGradientOnWasm,
  resampleOnWasm,
  resampleInputGradientOnWasm,
  resampleMatrixGradientOnWasm,
  diffStrideOnWasm,
  diffStrideInputGradientOnWasm,
  diffStrideGradientOnWasm,
  axisTapsOnWasm,
  regionMaxOnWasm,
  regionMaxGradientOnWasm,
  maxPoolGradKernel,
  reluGradientOnWasm,
  clampGradientOnWasm,
  fusedBatchNormKernel,
  batchNormTrainingOnWasm,
  batchNormTrainingGradientOnWasm,
  sgdMomentumOnWasm,
  realFft2dOnWasm,
  inverseRealFft2dOnWasm,
  copyIntoOnWasm,
  copyFromOnWasm,
  ...binaryKernels,
  ...selectKernels,
  ...joinKernels,
  ...boxKernels,
  tileKernel,
  averagePoolKernel,
  averagePoolGradientKernel,
  resizeNearestGradientKernel,
];

export {
  type KernelFiles,
  type KernelModule,
  kernelModule,
  linkKernels,
} from './wasm/kernel-module.js';
export { measurePeak } from './wasm/measure-peak.js';
export { switchGuard } from './wasm/out-of-memory.js';
export { OutOfMemoryError } from './wasm/out-of-memory-error.js';
export { chooseTiles, type ProductTiles, productTiles } from './wasm/product-tiles.js';
export type { WasmBackend } from './wasm/wasm-backend.js';
