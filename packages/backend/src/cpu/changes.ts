import { CPU_KERNELS } from '@ds/kernels/tfjs';
import {
  BatchMatMul,
  Conv2DBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
} from '@tensorflow/tfjs-core';
import { registerDepthwiseGradient } from '../gradients/depthwise-convolution.js';
import { registerProductGradient } from '../gradients/matrix-product.js';
import { registerKernels } from '../replacements/kernels.js';
import { madeByUseBackend, type TfjsChange } from '../tfjs-change.js';

/** Kernels and gradients that belong to a kernel, since they are useless without it. */
const GROUPS: Record<
  string,
  { kernels?: string[]; changes: string[]; make: (backend: string) => void }
> = {
  [BatchMatMul]: { changes: ['gradient BatchMatMul'], make: registerProductGradient },
  [DepthwiseConv2dNativeBackpropInput]: {
    kernels: [DepthwiseConv2dNativeBackpropFilter],
    changes: ['gradient DepthwiseConv2dNative'],
    make: registerDepthwiseGradient,
  },
};

const WRONG = "tfjs's kernel is wrong for some inputs.";
const SLOW = "tfjs's kernel reads each number through a call, and rounds sizes in its own way.";

const grouped = new Set(Object.values(GROUPS).flatMap(({ kernels = [] }) => kernels));

/** The changes that `useBackend('cpu')` makes. */
export const CPU_CHANGES: readonly TfjsChange[] = CPU_KERNELS.filter(
  ({ kernelName }) => !grouped.has(kernelName),
).map(({ kernelName: first }) => {
  const { kernels = [], changes = [], make } = GROUPS[first] ?? {};
  const why = first === Conv2DBackpropFilter ? SLOW : WRONG;
  const names = [first, ...kernels];
  return madeByUseBackend({
    name: `cpu/${first}`,
    backends: ['cpu'],
    changes: [...names.map((name) => `kernel cpu/${name}`), ...changes],
    why,
    make: (backend) => {
      registerKernels(
        backend,
        CPU_KERNELS.filter(({ kernelName }) => names.includes(kernelName)),
      );
      make?.(backend);
    },
  });
});
