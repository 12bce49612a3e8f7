import type { Tensor } from '@tensorflow/tfjs-core';
import { inOrder, Kernel } from '../kernel.js';

/** Gradient of ReLU: `dx = dy` where x > 0, else 0. */
export const reluGradientKernel = /* @__PURE__ */ new Kernel<
  { dy: Tensor; x: Tensor },
  Record<string, never>,
  Tensor
>('ReluGrad', inOrder('dy', 'x'));
