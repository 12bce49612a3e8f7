import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Gradient } from '../kernel.js';
import {
  type ResampleAttributes,
  resampleInputGradientKernel,
  type resampleKernel,
  resampleMatrixGradientKernel,
} from './contract.js';

type Inputs = Parameters<typeof resampleKernel.run>[0];

/** Gradients in x and in the matrices. The analysis must be constant. */
export const resampleGradient: Gradient<Inputs, ResampleAttributes> = (
  upstream,
  { x, matrices, analysis },
  attributes,
) => {
  const dy = upstream as Tensor4D;
  const operands = analysis ? { matrices, analysis } : { matrices };
  return {
    x: () => resampleInputGradientKernel.run({ dy, ...operands }, attributes),
    matrices: () => resampleMatrixGradientKernel.run({ x, dy, ...operands }, attributes),
  };
};
