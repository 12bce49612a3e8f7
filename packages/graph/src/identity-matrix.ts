import { requireTensor } from '@ds/checks';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Float32 rounding in a product of DFT matrices. */
const ROUNDING = 1e-6;

/**
 * Returns whether a matrix of a pooling is the identity up to float32 rounding, as at stride 1 with
 * the ramp beyond the band. Such an axis needs no product.
 *
 * @throws ConfigError if `matrix` is not a float32 tensor of rank 2.
 */
export function isIdentityMatrix(matrix: Tensor2D): boolean {
  requireTensor('isIdentityMatrix', 'matrix', matrix, { rank: 2 });
  const [outputs, inputs] = matrix.shape;
  if (outputs !== inputs) return false;
  return matrix
    .dataSync()
    .every((value, at) => Math.abs(value - (at % (inputs + 1) === 0 ? 1 : 0)) < ROUNDING);
}
