import type { Tensor } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/**
 * Converts the storage of a tensor to half precision. Ops can read the tensor as before. Returns no
 * tensor.
 */
export const storeHalfKernel = /* @__PURE__ */ new Kernel<{ x: Tensor }, Record<string, never>, []>(
  'StoreHalf',
);
