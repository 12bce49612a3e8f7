import {
  axisTapsKernel,
  batchNormTrainingGradientKernel,
  batchNormTrainingKernel,
  clampGradientKernel,
  diffStrideGradientKernel,
  diffStrideKernel,
  diffStrideMatricesGradientKernel,
  diffStrideMatricesKernel,
  reluGradientKernel,
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
  sgdMomentumOfAllKernel,
  storeHalfKernel,
} from '@ds/kernels';
import { emptyReductionKernels } from '@ds/kernels/tfjs';
import type { WebGpuBackend } from '@ds/kernels/webgpu';
import {
  _FusedMatMul,
  AddN,
  BatchMatMul,
  Cast,
  ClipByValue,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  backend as currentBackend,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  Relu,
  Relu6,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { registerClipByValueGradient } from '../gradients/clip-by-value.js';
import { registerDepthwiseGradient } from '../gradients/depthwise-convolution.js';
import { registerProductGradient } from '../gradients/matrix-product.js';
import { registerReluGradient } from '../gradients/relu.js';
import { acceleratedBatchNorm, plainBatchNorm } from '../layers/batch-norm.js';
import { differentiableDilation, plainDilation } from '../layers/dilated-convolution.js';
import { madeByUseBackend, type TfjsChange } from '../tfjs-change.js';
import { isDawn, provideGpu } from './dawn.js';

/** Loads the programs only when a backend needs them. */
const programs = () => import('./install.js');

const current = () => currentBackend() as WebGpuBackend;

/** Programs that are useless without each other, under the name of the first. */
function programChange(
  kernels: string[],
  why: string,
  { changes = [], make, unmake }: Pick<Partial<TfjsChange>, 'changes' | 'make' | 'unmake'> = {},
): TfjsChange {
  return madeByUseBackend({
    name: `webgpu/${kernels[0]}`,
    backends: ['webgpu'],
    changes: [...kernels.map((name) => `kernel webgpu/${name}`), ...changes],
    why,
    make: async (backend) => {
      (await programs()).registerPrograms(backend, kernels);
      await make?.(backend);
    },
    ...(unmake && { unmake }),
  });
}

/** The changes that `useBackend('webgpu')` makes. */
export const WEBGPU_CHANGES: readonly TfjsChange[] = [
  madeByUseBackend({
    name: 'webgpu/navigator.gpu',
    backends: ['webgpu'],
    changes: ['navigator', 'navigator.gpu', 'GPU*', 'WGSLLanguageFeatures'].map(
      (name) => `global ${name}`,
    ),
    why: 'Node has no WebGPU. The package webgpu provides Dawn. Not made if WebGPU exists.',
    off:
      "useBackend('webgpu', { without: ['webgpu/navigator.gpu'] }), before the first start. " +
      'After it, navigator.gpu stays, since tfjs computes with it.',
    prepare: (isOn) => (isOn ? provideGpu() : undefined),
    make: isDawn,
    unmake: () => !isDawn(),
  }),
  programChange(
    [Conv2DBackpropFilter],
    "In tfjs's program, one invocation sums all terms of a value.",
  ),
  programChange(
    [Conv2DBackpropInput],
    "In tfjs's program, one invocation sums all terms of a value.",
  ),
  programChange(
    [BatchMatMul],
    "tfjs's program leaves the device idle for small matrices, " +
      'and has no gradient for broadcast batches.',
    { changes: [`gradient ${BatchMatMul}`], make: registerProductGradient },
  ),
  programChange([_FusedMatMul], "tfjs's program loses the bias if the inner size is 0."),
  programChange(
    [DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter],
    "tfjs's programs ignore dilations. One invocation sums all terms of a filter value.",
    { changes: [`gradient ${DepthwiseConv2dNative}`], make: registerDepthwiseGradient },
  ),
  programChange(
    [FusedConv2D, FusedDepthwiseConv2D],
    "tfjs's programs misread biases and slopes that are not one value per channel.",
  ),
  programChange(
    [Conv2D, DepthwiseConv2dNative],
    "tfjs's programs refuse convolutions with an empty result.",
  ),
  programChange([UnsortedSegmentSum], "tfjs's program adds rows with ids outside the segments."),
  programChange(
    [Conv3D, Conv3DBackpropInputV2, Conv3DBackpropFilterV2],
    "tfjs's programs shift windows of 'same' that do not cover the image.",
  ),
  programChange(
    emptyReductionKernels.map(({ kernelName }) => kernelName),
    "tfjs's programs return uninitialised memory for an empty axis. They compute integers in " +
      'float32, do not compile for most axes of integers, and return int32 for extremes of booleans.',
  ),
  programChange([axisTapsKernel.name], 'One pass of a separable filter, for @ds/layers.'),
  programChange(
    [Cast],
    'tfjs keeps integers in the memory of a float32 result. Programs that read floats then fail.',
  ),
  programChange([ClipByValue], "tfjs's program computes integers in float32."),
  programChange(
    [Relu, Relu6],
    'A compiler may assume that no value is NaN, and return 0 for it. Seen on an NVIDIA H100.',
  ),
  madeByUseBackend({
    name: 'webgpu/fused-relu',
    backends: ['webgpu'],
    changes: [FusedConv2D, FusedDepthwiseConv2D, _FusedMatMul].map(
      (name) => `kernel webgpu/${name}`,
    ),
    why: 'Runs ReLU as a separate program, which keeps NaN.',
    make: async (backend) => (await programs()).registerFusedRelu(backend),
  }),
  programChange(
    [AddN],
    "tfjs's program returns zeros for eight tensors or more if a device binds eight buffers.",
  ),
  programChange(
    [resampleKernel, resampleInputGradientKernel, resampleMatrixGradientKernel].map(
      ({ name }) => name,
    ),
    'Both products of a pooling by matrices in one program, for @ds/layers.',
    // The first run registers the gradient.
    { changes: [`gradient ${resampleKernel.name}`] },
  ),
  programChange(
    [
      diffStrideMatricesKernel,
      diffStrideMatricesGradientKernel,
      diffStrideKernel,
      diffStrideGradientKernel,
    ].map(({ name }) => name),
    'Strides to matrices in one program, without a read-back, and the gradient of the strides from ' +
      'the ramps of the masks, for @ds/layers.',
    // The first run registers the gradient.
    {
      changes: [diffStrideMatricesKernel, diffStrideKernel].map(({ name }) => `gradient ${name}`),
    },
  ),
  programChange(
    [batchNormTrainingKernel.name, batchNormTrainingGradientKernel.name],
    'Batch norm of tfjs-layers runs some thirty programs in training.',
    {
      changes: ['method BatchNormalization.call'],
      make: acceleratedBatchNorm,
      unmake: plainBatchNorm,
    },
  ),
  programChange([reluGradientKernel.name], "tfjs's gradient of ReLU runs three programs.", {
    // The first run registers the second gradient.
    changes: [`gradient ${Relu}`, `gradient ${reluGradientKernel.name}`],
    make: registerReluGradient,
  }),
  programChange([clampGradientKernel.name], "tfjs's gradient of clipByValue runs five programs.", {
    // The first run registers the second gradient.
    changes: [`gradient ${ClipByValue}`, `gradient ${clampGradientKernel.name}`],
    make: registerClipByValueGradient,
  }),
  programChange(
    [sgdMomentumOfAllKernel.name],
    'The update of all parameters in one program, for @ds/train.',
  ),
  madeByUseBackend({
    name: 'webgpu/dataSync',
    backends: ['webgpu'],
    changes: ['method webgpu.readSync'],
    why:
      'In Node, tfjs would read through a canvas, which Node does not have. ' +
      'Not made in browsers.',
    make: async () => {
      if (!isDawn()) return false;
      (await programs()).readSynchronously(current());
      return true;
    },
    unmake: async () => (await programs()).readAsTfjs(current()),
  }),
  programChange(
    [storeHalfKernel.name],
    'Stores tensors in half precision, for @ds/train. The methods read such tensors. ' +
      'If switched off, the methods stay while there are such tensors.',
    {
      changes: ['runWebGPUProgram', 'readSync', 'read', 'disposeData'].map(
        (name) => `method webgpu.${name}`,
      ),
      make: async () => (await programs()).readHalves(current()),
      unmake: async () =>
        (await programs()).readNoHalves(current(), `webgpu/${storeHalfKernel.name}`),
    },
  ),
  madeByUseBackend({
    name: 'webgpu/dilated-gradient',
    backends: ['webgpu'],
    changes: [`gradient ${Conv2D}`, `gradient ${Conv2DBackpropInput}`, 'method Conv2D.call'],
    why: 'tfjs refuses the gradient of a dilated convolution. The programs here compute it.',
    make: differentiableDilation,
    unmake: plainDilation,
  }),
  madeByUseBackend({
    name: 'webgpu/device-errors',
    backends: ['webgpu'],
    changes: ['readSync', 'read'].map((name) => `method webgpu.${name}`),
    why: 'If a device refuses a computation, tfjs reads old values. Here the read throws.',
    make: async () => (await programs()).reportDeviceErrors(current(), true),
    unmake: async () => (await programs()).reportDeviceErrors(current(), false),
  }),
  madeByUseBackend({
    name: 'webgpu/device-loss',
    backends: ['webgpu'],
    changes: ['runWebGPUProgram', 'uploadToGPU', 'readSync', 'read'].map(
      (name) => `method webgpu.${name}`,
    ),
    why: 'After the loss of a GPU, computations and reads throw with the reason.',
    make: async () => (await programs()).reportDeviceLoss(current(), true),
    unmake: async () => (await programs()).reportDeviceLoss(current(), false),
  }),
];
