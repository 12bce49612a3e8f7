import { type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { resampleKernel } from '../resample/contract.js';
import { resampleGradient } from '../resample/gradient.js';
import { hasResampleKernel } from '../resample/resample.js';
import { untaped } from '../untaped.js';
import {
  type DiffStrideAttributes,
  denseForm,
  diffStrideKernel,
  diffStrideMatricesKernel,
} from './contract.js';
import { diffStrideGradient, diffStrideMatricesGradient } from './gradient.js';
import { areProjectionsCheaper } from './ramp-bins.js';

/**
 * Pools by DiffStride in one kernel if the backend reads the strides, else in two: the strides may
 * then stay on the device. Shapes: x `[N, H, W, C]`, strides [1] or [2] → `[N, h, w, C]`.
 * Differentiable in both. Returns `null` if the backend has no such kernel; `@ds/layers` then
 * composes the matrices from masks and waves.
 */
export function poolAtStrides(
  x: Tensor4D,
  strides: Tensor1D,
  attributes: DiffStrideAttributes,
): Tensor4D | null {
  if (!hasResampleKernel(x)) return null;
  if (diffStrideMatricesKernel.isHere()) return poolByMatrices(x, strides, attributes);
  if (!diffStrideKernel.isHere()) return null;
  return diffStrideKernel.run({ x, strides }, attributes, diffStrideGradient);
}

/**
 * Pools by matrices from the device. The gradient of the strides projects on the waves of the
 * ramps, or is that of all entries, whichever takes fewer multiply-adds.
 */
function poolByMatrices(
  x: Tensor4D,
  strides: Tensor1D,
  attributes: DiffStrideAttributes,
): Tensor4D {
  return tidy(() => {
    if (areProjectionsCheaper(attributes)) {
      const matrices = untaped(() => diffStrideMatricesKernel.run({ strides }, attributes));
      return diffStrideKernel.run({ x, strides, matrices }, attributes, diffStrideGradient);
    }
    const matrices = diffStrideMatricesKernel.run(
      { strides },
      attributes,
      diffStrideMatricesGradient,
    );
    return resampleKernel.run({ x, matrices }, denseForm(attributes), resampleGradient);
  });
}
