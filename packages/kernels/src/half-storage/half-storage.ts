import type { Tensor } from '@tensorflow/tfjs-core';
import { storeHalfKernel } from './contract.js';

/** Whether the backend in use can keep tensors in half precision. */
export function canStoreHalf(): boolean {
  return storeHalfKernel.isHere();
}

/**
 * Keeps the values of a tensor in half precision from now on, in half of the memory: 11 bits of each
 * value are left. Programs that read the tensor later accumulate in float32. It is no step of the
 * model, so the gradient tape does not see it.
 *
 * @throws Error if the backend in use cannot, as {@link canStoreHalf} tells.
 */
export function storeHalf(x: Tensor): void {
  storeHalfKernel.runOnBackend({ x }, {});
}
