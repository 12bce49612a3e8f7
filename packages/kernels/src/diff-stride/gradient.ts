import { reshape, sum, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Gradient } from '../kernel.js';
import { resampleInputGradientKernel } from '../resample/contract.js';
import {
  type DiffStrideAttributes,
  denseForm,
  diffStrideGradientKernel,
  diffStrideInputGradientKernel,
  diffStrideMatricesGradientKernel,
} from './contract.js';

/** Gradients in x and in the strides. */
export const diffStrideGradient: Gradient<
  { x: Tensor4D; strides: Tensor1D; matrices?: Tensor1D },
  DiffStrideAttributes
> = (upstream, { x, strides, matrices }, attributes) => {
  const dy = upstream as Tensor4D;
  const operands = matrices ? { strides, matrices } : { strides };
  return {
    x: () =>
      matrices
        ? resampleInputGradientKernel.run({ dy, matrices }, denseForm(attributes))
        : diffStrideInputGradientKernel.run({ dy, strides }, attributes),
    strides: () =>
      ofEachStride(diffStrideGradientKernel.run({ x, dy, ...operands }, attributes), strides),
  };
};

/** A stride that both axes share gets the sum of their gradients. */
function ofEachStride(both: Tensor1D, strides: Tensor1D): Tensor1D {
  return strides.size === 2 ? both : reshape(sum(both), [1]);
}

/** Gradient of the matrices in the strides. */
export const diffStrideMatricesGradient: Gradient<{ strides: Tensor1D }, DiffStrideAttributes> = (
  dy,
  { strides },
  attributes,
) => ({
  strides: () => {
    const upstream = dy as Tensor1D;
    const both = diffStrideMatricesGradientKernel.run({ strides, upstream }, attributes);
    return ofEachStride(both, strides);
  },
});
