import { concat, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { nonFiniteImages } from './non-finite-row.js';

/** Whether all values of some tensors are finite. It reads the backend once. */
export async function areFinite(tensors: Tensor[]): Promise<boolean> {
  const filled = tensors.filter(({ size }) => size > 0);
  if (filled.length === 0) return true;
  const flags = tidy(() => concat(filled.map((one) => nonFiniteImages(reshape(one, [1, -1])))));
  try {
    return !(await flags.data()).includes(1);
  } finally {
    flags.dispose();
  }
}
