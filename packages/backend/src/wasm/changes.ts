import {
  axisTapsKernel,
  batchNormTrainingGradientKernel,
  batchNormTrainingKernel,
  clampGradientKernel,
  copyFromKernel,
  copyIntoKernel,
  diffStrideGradientKernel,
  diffStrideInputGradientKernel,
  diffStrideKernel,
  leftMultiplyGradientKernel,
  leftMultiplyKernel,
  regionMaxGradientKernel,
  regionMaxKernel,
  reluGradientKernel,
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
  sgdMomentumKernel,
} from '@ds/kernels';
import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  COMPOSED_KERNELS,
  kernelModule,
  SIMD_KERNELS,
  switchGuard,
  type WasmBackend,
} from '@ds/kernels/wasm';
import {
  AvgPool,
  BatchMatMul,
  ClipByValue,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  backend as currentBackend,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  env,
  FusedBatchNorm,
  FusedConv2D,
  Identity,
  MaxPool,
  MaxPoolGrad,
  Relu,
  Sum,
} from '@tensorflow/tfjs-core';
import { registerClipByValueGradient } from '../gradients/clip-by-value.js';
import { registerDepthwiseGradient } from '../gradients/depthwise-convolution.js';
import { registerProductGradient } from '../gradients/matrix-product.js';
import { registerReluGradient } from '../gradients/relu.js';
import { acceleratedBatchNorm, plainBatchNorm } from '../layers/batch-norm.js';
import { differentiableDilation, plainDilation } from '../layers/dilated-convolution.js';
import { fusedGradients, lazyGradients } from '../layers/plain-convolution.js';
import { registerKernels } from '../replacements/kernels.js';
import { madeByUseBackend, type TfjsChange } from '../tfjs-change.js';

/**
 * Kernels that are useless without each other. `GROUPS` lists a group by its first kernel;
 * `kernels` names the others.
 */
interface Group {
  why: string;
  kernels?: string[];
  changes?: string[];
  make?: (backend: string) => void | Promise<void>;
  unmake?: (backend: string) => void;
}

const GROUPS: Record<string, Group> = {
  [Conv2DBackpropFilter]: { why: 'tfjs has no such kernel, so no convolution trains.' },
  [Conv2DBackpropInput]: { why: "tfjs's kernel is a naive loop." },
  [BatchMatMul]: {
    why:
      "tfjs's kernel is a naive loop for batches and transposes, " +
      'and has no gradient for broadcast batches.',
    changes: [`gradient ${BatchMatMul}`],
    make: registerProductGradient,
  },
  [DepthwiseConv2dNativeBackpropInput]: {
    why: 'tfjs has no such kernel, so no depthwise convolution trains.',
    kernels: [DepthwiseConv2dNativeBackpropFilter],
    changes: [`gradient ${DepthwiseConv2dNative}`],
    make: registerDepthwiseGradient,
  },
  [Sum]: { why: "tfjs's kernel transposes the tensor to sum over leading axes." },
  [Identity]: { why: "tfjs's kernel copies the values of all clones and all saved tensors." },
  [Conv2D]: { why: "tfjs's kernel is slower. 3×3 filters use minimal filtering here." },
  [FusedConv2D]: { why: "tfjs's kernel is slower. 3×3 filters use minimal filtering here." },
  [leftMultiplyKernel.name]: {
    why: 'One matrix times a batch of matrices, for @ds/layers.',
    kernels: [leftMultiplyGradientKernel.name],
  },
  [resampleKernel.name]: {
    why: 'Both stages of a pooling by matrices in one pass, for @ds/layers.',
    kernels: [resampleInputGradientKernel.name, resampleMatrixGradientKernel.name],
    // The first run registers the gradient.
    changes: [`gradient ${resampleKernel.name}`],
  },
  [diffStrideKernel.name]: {
    why: 'DiffStride in one kernel, with gradients from the ramps of its masks, for @ds/layers.',
    kernels: [diffStrideInputGradientKernel.name, diffStrideGradientKernel.name],
    changes: [`gradient ${diffStrideKernel.name}`],
  },
  [axisTapsKernel.name]: { why: 'One pass of a separable filter, for @ds/layers.' },
  [regionMaxKernel.name]: {
    why: 'Maxima over any rectangles, for @ds/layers.',
    kernels: [regionMaxGradientKernel.name],
  },
  [MaxPool]: { why: "tfjs's kernel refuses int32 and bool, and loses NaN." },
  [AvgPool]: { why: "tfjs's kernel returns −∞ for a window with NaN." },
  [MaxPoolGrad]: { why: "tfjs's kernel is wrong if windows of even size overlap." },
  [reluGradientKernel.name]: {
    why: "tfjs's gradient of ReLU makes three passes.",
    // The first run registers the second gradient.
    changes: [`gradient ${Relu}`, `gradient ${reluGradientKernel.name}`],
    make: registerReluGradient,
  },
  [clampGradientKernel.name]: {
    why: "tfjs's gradient of clipByValue, and so of a ReLU with a largest value, makes five passes.",
    // The first run registers the second gradient.
    changes: [`gradient ${ClipByValue}`, `gradient ${clampGradientKernel.name}`],
    make: registerClipByValueGradient,
  },
  [FusedBatchNorm]: { why: "tfjs's kernel is a scalar loop." },
  [batchNormTrainingKernel.name]: {
    why: 'Batch norm of tfjs-layers makes many passes in training, and tiles its statistics.',
    kernels: [batchNormTrainingGradientKernel.name],
    changes: ['method BatchNormalization.call'],
    make: acceleratedBatchNorm,
    unmake: plainBatchNorm,
  },
  [sgdMomentumKernel.name]: { why: 'An update of SGD with momentum in one pass, for @ds/train.' },
  [copyIntoKernel.name]: {
    why: 'Copies between tensors and memory that replicas share, for @ds/train.',
    kernels: [copyFromKernel.name],
  },
};

function kernelChange(first: BackendKernel): TfjsChange {
  const { kernelName } = first;
  const {
    why,
    kernels = [],
    changes = [],
    make,
    unmake,
  } = GROUPS[kernelName] ?? {
    why: 'tfjs has no such kernel, or its kernel is slower, or wrong for some inputs.',
  };
  const group = [...COMPOSED_KERNELS, ...SIMD_KERNELS].filter(
    (kernel) => kernel === first || kernels.includes(kernel.kernelName),
  );
  const isSimd = SIMD_KERNELS.includes(first);
  return madeByUseBackend({
    name: `wasm/${kernelName}`,
    backends: ['wasm'],
    changes: [...group.map((kernel) => `kernel wasm/${kernel.kernelName}`), ...changes],
    why,
    otherwise: isSimd
      ? 'It is made if tfjs exposes its wasm memory. Otherwise tfjs keeps its own kernel.'
      : "It is made. If tfjs does not expose its wasm memory, it runs on tfjs's own kernels.",
    make: async (backend) => {
      if (isSimd && !kernelModule(currentBackend())) return false;
      registerKernels(backend, group);
      await make?.(backend);
      return true;
    },
    ...(unmake && { unmake }),
  });
}

const THREADS = 'WASM_HAS_MULTITHREAD_SUPPORT';

/** The earlier value of the flag, while it is changed. */
let threads: { value: unknown } | null = null;

function withoutThreads(isOn: boolean): void {
  // The flag may have a value before the backend registers it.
  const flags = env().getFlags();
  if (isOn) {
    threads ??= { value: flags[THREADS] };
    flags[THREADS] = false;
  } else if (threads) {
    // Without a value, tfjs detects the threads itself.
    if (threads.value === undefined) delete flags[THREADS];
    else flags[THREADS] = threads.value as boolean;
    threads = null;
  }
}

const grouped = new Set(Object.values(GROUPS).flatMap(({ kernels = [] }) => kernels));

/** The changes that `useBackend('wasm')` makes. */
export const WASM_CHANGES: readonly TfjsChange[] = [
  madeByUseBackend({
    name: 'wasm/threads',
    backends: ['wasm'],
    changes: [`flag ${THREADS}`],
    why: 'Threads need shared memory, and the SIMD kernels cannot be linked into that.',
    prepare: withoutThreads,
  }),
  madeByUseBackend({
    name: 'wasm/out-of-memory',
    backends: ['wasm'],
    changes: ['module wasm: _malloc', 'module wasm: onAbort'],
    why:
      'tfjs does not check whether an allocation failed, and writes to address 0. ' +
      "If switched off, the methods stay, and behave like tfjs's.",
    make: () => switchGuard((currentBackend() as WasmBackend).wasm, true),
    unmake: () => switchGuard((currentBackend() as WasmBackend).wasm, false),
  }),
  ...[...COMPOSED_KERNELS, ...SIMD_KERNELS]
    .filter(({ kernelName }) => !grouped.has(kernelName))
    .map(kernelChange),
  madeByUseBackend({
    name: 'wasm/dilated-gradient',
    backends: ['wasm'],
    changes: ['gradient Conv2D', 'gradient Conv2DBackpropInput', 'method Conv2D.call'],
    why: 'tfjs refuses the gradient of a dilated convolution. The kernels here compute it.',
    make: (backend) =>
      kernelModule(currentBackend()) !== undefined && differentiableDilation(backend),
    unmake: plainDilation,
  }),
  madeByUseBackend({
    name: 'wasm/lazy-gradients',
    backends: ['wasm'],
    changes: ['method Conv2D.call'],
    why: 'The gradient of a fused convolution computes that of the images too, which is not used.',
    make: lazyGradients,
    unmake: fusedGradients,
  }),
];
