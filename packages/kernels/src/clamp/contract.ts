import type { Tensor } from '@tensorflow/tfjs-core';
import { inOrder, Kernel } from '../kernel.js';

/** Gradient of limits: `dx = dy` where low ≤ x ≤ high, else 0. */
export const clampGradientKernel = /* @__PURE__ */ new Kernel<
  { dy: Tensor; x: Tensor },
  { low: number; high: number },
  Tensor
>('ClampGrad', inOrder('dy', 'x'));
