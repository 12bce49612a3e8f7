import {
  axisTapsKernel,
  batchNormTrainingGradientKernel,
  batchNormTrainingKernel,
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
import { backend as currentBackend } from '@tensorflow/tfjs-core';
import { acceleratedBatchNorm, plainBatchNorm } from '../accelerated-batch-norm.js';
import { acceleratedRelu } from '../accelerated-relu.js';
import { completeDepthwise } from '../depthwise-gradient.js';
import { acceleratedDilation } from '../dilated-gradient.js';
import { completeProductGradient } from '../product-gradient.js';
import { madeByUseBackend, type TfjsChange } from '../tfjs-change.js';
import { isDawn, provideGpu } from './dawn.js';

/** Loads the programs late: only a computation on a GPU needs them. */
const programs = () => import('./install.js');

const current = () => currentBackend() as WebGpuBackend;

/** Programs that are of use only together, under the name of the first. */
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

/** The changes that the start of WebGPU makes. */
export const WEBGPU_CHANGES: readonly TfjsChange[] = [
  madeByUseBackend({
    name: 'webgpu/navigator.gpu',
    backends: ['webgpu'],
    changes: ['navigator', 'navigator.gpu', 'GPU*', 'WGSLLanguageFeatures'].map(
      (name) => `global ${name}`,
    ),
    why: 'Node has no WebGPU; this is Dawn, of the package webgpu. Not made where there is one.',
    off:
      "useBackend('webgpu', { without: ['webgpu/navigator.gpu'] }), before it is there; once " +
      'there it stays, since tfjs computes with it',
    prepare: (isOn) => (isOn ? provideGpu() : undefined),
    make: isDawn,
    unmake: () => !isDawn(),
  }),
  programChange(
    ['Conv2DBackpropFilter'],
    "tfjs's gives each value to one invocation that sums alone.",
  ),
  programChange(
    ['Conv2DBackpropInput'],
    "tfjs's gives each value to one invocation that sums alone.",
  ),
  programChange(
    ['BatchMatMul'],
    "tfjs's leaves the device idle where the matrices are small, " +
      'and has no gradient where batches broadcast.',
    { changes: ['gradient BatchMatMul'], make: completeProductGradient },
  ),
  programChange(['_FusedMatMul'], "tfjs's loses the bias where the inner size is 0."),
  programChange(
    ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'],
    "tfjs's take no notice of dilations, and give each filter value to one invocation.",
    { changes: ['gradient DepthwiseConv2dNative'], make: completeDepthwise },
  ),
  programChange(
    ['FusedConv2D', 'FusedDepthwiseConv2D'],
    "tfjs's misread biases and slopes that are not one value a channel.",
  ),
  programChange(
    ['Conv2D', 'DepthwiseConv2dNative'],
    "tfjs's refuse convolutions without a value in their result.",
  ),
  programChange(['UnsortedSegmentSum'], "tfjs's counts ids that are no segment as others."),
  programChange(
    ['Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2'],
    "tfjs's shift windows where 'same' leaves pixels over.",
  ),
  programChange(
    emptyReductionKernels.map(({ kernelName }) => kernelName),
    "tfjs's give what lay in memory over an empty axis.",
  ),
  programChange([axisTapsKernel.name], 'One pass of a separable filter, for @ds/layers.'),
  programChange(['ClipByValue'], "tfjs's computes integers in float32."),
  programChange(
    ['Relu', 'Relu6'],
    'A compiler may take it that there is no NaN, and make 0 of it: seen on an NVIDIA H100.',
  ),
  madeByUseBackend({
    name: 'webgpu/fused-relu',
    backends: ['webgpu'],
    changes: ['FusedConv2D', 'FusedDepthwiseConv2D', '_FusedMatMul'].map(
      (name) => `kernel webgpu/${name}`,
    ),
    why: 'ReLU as a program of its own, which passes NaN on.',
    make: async (backend) => (await programs()).registerFusedRelu(backend),
  }),
  programChange(
    ['AddN'],
    "tfjs's gives zeros for eight tensors or more where a device binds eight buffers.",
  ),
  programChange(
    [resampleKernel, resampleInputGradientKernel, resampleMatrixGradientKernel].map(
      ({ name }) => name,
    ),
    'Both products of a pooling by matrices in one program, for @ds/layers.',
    // The first run registers it.
    { changes: [`gradient ${resampleKernel.name}`] },
  ),
  programChange(
    [diffStrideMatricesKernel.name, diffStrideMatricesGradientKernel.name],
    'From strides to matrices in one program, without a read-back, for @ds/layers.',
    // The first run registers it.
    { changes: [`gradient ${diffStrideMatricesKernel.name}`] },
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
    changes: ['gradient Relu'],
    make: acceleratedRelu,
  }),
  programChange(
    [sgdMomentumOfAllKernel.name],
    'The update of all parameters in one program, for @ds/train.',
  ),
  madeByUseBackend({
    name: 'webgpu/dataSync',
    backends: ['webgpu'],
    changes: ['method webgpu.readSync'],
    why: 'In Node tfjs would read through a canvas that is not there. Not made in browsers.',
    make: async () => {
      if (!isDawn()) return false;
      (await programs()).readSynchronously(current());
      return true;
    },
    unmake: async () => (await programs()).readAsTfjs(current()),
  }),
  programChange(
    [storeHalfKernel.name],
    'Keeps tensors in half precision, for @ds/train. The methods find the values of such tensors. ' +
      'Switched off while there are some, the methods stay.',
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
    changes: ['gradient Conv2D'],
    why: 'tfjs refuses the gradient of a dilated convolution; the programs here have it.',
    make: acceleratedDilation,
  }),
  madeByUseBackend({
    name: 'webgpu/device-errors',
    backends: ['webgpu'],
    changes: ['readSync', 'read'].map((name) => `method webgpu.${name}`),
    why: 'What a device refuses to compute is read as whatever lay there; the read fails instead.',
    make: async () => (await programs()).reportDeviceErrors(current(), true),
    unmake: async () => (await programs()).reportDeviceErrors(current(), false),
  }),
  madeByUseBackend({
    name: 'webgpu/device-loss',
    backends: ['webgpu'],
    changes: ['runWebGPUProgram', 'uploadToGPU', 'readSync', 'read'].map(
      (name) => `method webgpu.${name}`,
    ),
    why: 'After the loss of a GPU, and not before, computing and reading fail with a reason.',
    make: async () => (await programs()).reportDeviceLoss(current(), true),
    unmake: async () => (await programs()).reportDeviceLoss(current(), false),
  }),
];
