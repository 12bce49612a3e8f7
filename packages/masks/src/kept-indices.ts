import { ConfigError, requireTensor } from '@ds/checks';
import type { Tensor1D } from '@tensorflow/tfjs-core';

/**
 * The ascending indices of mask values > 0: the rows or columns that a crop keeps. The indices have
 * no gradient. The mask's values have one. Reads the tensor's values on the host.
 *
 * @throws ConfigError if the mask is not of rank 1, or holds NaN.
 */
export function keptIndices(mask: Tensor1D): number[] {
  requireTensor('keptIndices', 'mask', mask, { rank: 1 });
  const values = mask.dataSync();
  const kept: number[] = [];
  for (let index = 0; index < values.length; index++) {
    if (Number.isNaN(values[index])) {
      throw new ConfigError(`keptIndices: mask must hold no NaN, got it at index ${index}`);
    }
    if (values[index]! > 0) kept.push(index);
  }
  return kept;
}
