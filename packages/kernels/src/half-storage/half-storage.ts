import type { Tensor } from '@tensorflow/tfjs-core';
import { storeHalfKernel } from './contract.js';

/** Whether the backend in use can keep tensors in half precision. */
export function canStoreHalf(): boolean {
  return storeHalfKernel.isHere();
}

/**
 * Converts the storage of a tensor to half precision. It takes half of the memory, and 11
 * significant bits of each value remain. Programs that read the tensor later accumulate in float32.
 * The gradient tape does not record the conversion.
 *
 * @throws Error if the backend in use cannot, see {@link canStoreHalf}.
 */
export function storeHalf(x: Tensor): void {
  storeHalfKernel.runOnBackend({ x }, {});
}
