import { ConfigError, requireTensor } from '@ds/checks';
import type { Tensor1D } from '@tensorflow/tfjs-core';

/**
 * The indices at which a mask is > 0, ascending: the rows or columns a crop keeps. The choice
 * carries no gradient; the mask's values do. Reads the tensor's values on the host.
 *
 * @throws ConfigError if the mask is not of rank 1, or holds NaN, which is neither kept nor cropped.
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
