import { type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { resampleKernel } from '../resample/contract.js';
import { resampleGradient } from '../resample/gradient.js';
import { hasResampleKernel } from '../resample/resample.js';
import {
  type DiffStrideAttributes,
  diffStrideKernel,
  diffStrideMatricesKernel,
  type KeptBand,
} from './contract.js';
import { diffStrideGradient, diffStrideMatricesGradient } from './gradient.js';

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
  if (diffStrideKernel.isHere()) {
    return diffStrideKernel.run({ x, strides }, attributes, diffStrideGradient);
  }
  if (!diffStrideMatricesKernel.isHere()) return null;
  const shapes = { rows: shapeOf(attributes.rows), columns: shapeOf(attributes.columns) };
  return tidy(() => {
    const matrices = diffStrideMatricesKernel.run(
      { strides },
      attributes,
      diffStrideMatricesGradient,
    );
    const form = { ...shapes, isDense: true, isSymmetric: false };
    return resampleKernel.run({ x, matrices }, form, resampleGradient);
  });
}

function shapeOf({ outputSize, inputSize }: KeptBand): [number, number] {
  return [outputSize, inputSize];
}
