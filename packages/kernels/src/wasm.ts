export type { KernelVariant } from './kernel-files.js';

import { Mean, Sum } from '@tensorflow/tfjs-core';
import { averagePoolOnWasm } from './average-pool/wasm.js';
import { averagePoolGradientOnWasm } from './average-pool/wasm-gradient.js';
import { axisTapsOnWasm } from './axis-taps/wasm.js';
import type { BackendKernel } from './backend-kernel.js';
import { batchNormTrainingGradientOnWasm, batchNormTrainingOnWasm } from './batch-norm/wasm.js';
import { fusedBatchNormOnWasm } from './batch-norm/wasm-inference.js';
import { clipByValueOnWasm, relu6OnWasm } from './clamp/wasm.js';
import { clampGradientOnWasm } from './clamp/wasm-gradient.js';
import { withEmptyConvolutions } from './convolution/empty.js';
import { conv2dBackpropFilterOnWasm } from './convolution/wasm-filter-gradient.js';
import { conv2dOnWasm, fusedConv2dOnWasm } from './convolution/wasm-forward.js';
import { conv2dBackpropInputOnWasm } from './convolution/wasm-input-gradient.js';
import { conv3dKernels } from './convolution-3d/composed.js';
import { copyFromOnWasm, copyIntoOnWasm } from './copy/wasm.js';
import {
  depthwiseBackpropFilterOnWasm,
  depthwiseBackpropInputOnWasm,
  depthwiseConv2dOnWasm,
  fusedDepthwiseConv2dOnWasm,
} from './depthwise/wasm.js';
import {
  diffStrideGradientOnWasm,
  diffStrideInputGradientOnWasm,
  diffStrideOnWasm,
} from './diff-stride/wasm.js';
import {
  dilation2dBackpropFilterOnWasm,
  dilation2dBackpropInputOnWasm,
  dilation2dOnWasm,
} from './dilation/wasm.js';
import { binaryKernels } from './elementwise/wasm-binary.js';
import { selectKernels } from './elementwise/wasm-select.js';
import { inverseRealFft2dOnWasm, realFft2dOnWasm } from './fft/wasm.js';
import { gatherOnWasm } from './gather/wasm.js';
import { identityOnWasm } from './identity/wasm.js';
import { leftMultiplyGradientOnWasm, leftMultiplyOnWasm } from './left-multiply/wasm.js';
import { boxKernels } from './lines/wasm-box.js';
import { joinKernels } from './lines/wasm-join.js';
import { tileOnWasm } from './lines/wasm-tile.js';
import { batchMatMulOnWasm } from './matrix-product/wasm.js';
import { fusedMatMulOnWasm } from './matrix-product/wasm-fused.js';
import { maxPoolOnWasm } from './max-pool/wasm.js';
import { maxPoolGradOnWasm } from './max-pool/wasm-gradient.js';
import { emptyReductionKernels } from './reductions/empty.js';
import { meanOnWasm, sumOnWasm } from './reductions/wasm-sum.js';
import { regionMaxGradientOnWasm, regionMaxOnWasm } from './region-max/wasm.js';
import { reluGradientOnWasm } from './relu/wasm-gradient.js';
import { preluOnWasm } from './relu/wasm-prelu.js';
import {
  resampleInputGradientOnWasm,
  resampleMatrixGradientOnWasm,
  resampleOnWasm,
} from './resample/wasm.js';
import { resizeNearestGradientOnWasm } from './resize/wasm-gradient.js';
import { unsortedSegmentSumKernel } from './segment-sum/composed.js';
import { sgdMomentumOnWasm } from './sgd-momentum/wasm.js';

/** Kernels that run everywhere. They call the SIMD module if it is linked, else kernels of tfjs. */
export const COMPOSED_KERNELS: readonly BackendKernel[] = withEmptyConvolutions([
  conv2dBackpropFilterOnWasm,
  conv2dBackpropInputOnWasm,
  batchMatMulOnWasm,
  fusedMatMulOnWasm,
  sumOnWasm,
  meanOnWasm,
  identityOnWasm,
  preluOnWasm,
  relu6OnWasm,
  clipByValueOnWasm,
  ...emptyReductionKernels.filter(({ kernelName }) => ![Sum, Mean].includes(kernelName)),
  conv2dOnWasm,
  fusedConv2dOnWasm,
  depthwiseConv2dOnWasm,
  fusedDepthwiseConv2dOnWasm,
  depthwiseBackpropInputOnWasm,
  depthwiseBackpropFilterOnWasm,
  ...conv3dKernels,
  maxPoolOnWasm,
  dilation2dOnWasm,
  dilation2dBackpropInputOnWasm,
  dilation2dBackpropFilterOnWasm,
  gatherOnWasm,
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
  maxPoolGradOnWasm,
  reluGradientOnWasm,
  clampGradientOnWasm,
  fusedBatchNormOnWasm,
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
  tileOnWasm,
  averagePoolOnWasm,
  averagePoolGradientOnWasm,
  resizeNearestGradientOnWasm,
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
