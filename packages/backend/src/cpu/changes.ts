import {
  BatchMatMul,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  type KernelFunc,
} from '@tensorflow/tfjs-core';
import { everyBatchProduct } from '../batch-product.js';
import { withChannelsFirst } from '../channels-first.js';
import { conv3dKernels } from '../conv3d.js';
import { completeDepthwise } from '../depthwise-gradient.js';
import { withEmptyConvolutions } from '../empty-convolutions.js';
import { emptyReductionKernels } from '../empty-reductions.js';
import { withSlope } from '../fused-convolution.js';
import { fusedProductKernel } from '../fused-product.js';
import { completeProductGradient } from '../product-gradient.js';
import { type BackendKernel, registerKernels } from '../replaced-kernels.js';
import { madeByUseBackend, type TfjsChange } from '../tfjs-change.js';
import { unsortedSegmentSumKernel } from '../unsorted-segment-sum.js';
import { conv2dBackpropFilterKernel, conv2dBackpropInputKernel } from './convolution-gradients.js';
import { depthwiseBackpropFilterKernel, depthwiseBackpropInputKernel } from './depthwise.js';

/** The kernels that take the place of wrong ones of tfjs's cpu backend. */
const KERNELS: BackendKernel[] = withEmptyConvolutions([
  {
    kernelName: BatchMatMul,
    make: (original) => everyBatchProduct(original as KernelFunc),
  },
  fusedProductKernel,
  ...emptyReductionKernels,
  {
    // tfjs's kernel ignores it when channels come first.
    kernelName: DepthwiseConv2dNative,
    make: (original) => withChannelsFirst(DepthwiseConv2dNative, true, original as KernelFunc),
  },
  conv2dBackpropInputKernel,
  conv2dBackpropFilterKernel,
  depthwiseBackpropInputKernel,
  depthwiseBackpropFilterKernel,
  {
    kernelName: FusedDepthwiseConv2D,
    make: (original) =>
      withChannelsFirst(FusedDepthwiseConv2D, true, withSlope(original as KernelFunc)),
  },
  { kernelName: FusedConv2D, make: (original) => withSlope(original as KernelFunc) },
  unsortedSegmentSumKernel,
  ...conv3dKernels,
]);

/** What goes with a kernel: others that are of no use without it, and gradients. */
const GROUPS: Record<
  string,
  { kernels?: string[]; changes: string[]; make: (backend: string) => void }
> = {
  [BatchMatMul]: { changes: ['gradient BatchMatMul'], make: completeProductGradient },
  [DepthwiseConv2dNativeBackpropInput]: {
    kernels: [DepthwiseConv2dNativeBackpropFilter],
    changes: ['gradient DepthwiseConv2dNative'],
    make: completeDepthwise,
  },
};

const grouped = new Set(Object.values(GROUPS).flatMap(({ kernels = [] }) => kernels));

/** The changes that the start of cpu makes. */
export const CPU_CHANGES: readonly TfjsChange[] = KERNELS.filter(
  ({ kernelName }) => !grouped.has(kernelName),
).map(({ kernelName: first }) => {
  const { kernels = [], changes = [], make } = GROUPS[first] ?? {};
  const names = [first, ...kernels];
  return madeByUseBackend({
    name: `cpu/${first}`,
    backends: ['cpu'],
    changes: [...names.map((name) => `kernel cpu/${name}`), ...changes],
    why: "tfjs's is wrong for some inputs, where this one isn't.",
    make: (backend) => {
      registerKernels(
        backend,
        KERNELS.filter(({ kernelName }) => names.includes(kernelName)),
      );
      make?.(backend);
    },
  });
});
