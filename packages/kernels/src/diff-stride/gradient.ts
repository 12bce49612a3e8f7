import { reshape, sum, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Gradient } from '../kernel.js';
import { type DiffStrideAttributes, diffStrideMatricesGradientKernel } from './contract.js';

/** Gradient in the strides. A stride that both axes share gets the sum of their gradients. */
export const diffStrideMatricesGradient: Gradient<{ strides: Tensor1D }, DiffStrideAttributes> = (
  dy,
  { strides },
  attributes,
) => ({
  strides: () => {
    const upstream = dy as Tensor1D;
    const both = diffStrideMatricesGradientKernel.run({ strides, upstream }, attributes);
    return strides.size === 2 ? both : reshape(sum(both), [1]);
  },
});
