import { clip } from '@ds/masks/ops';
import {
  customGrad,
  maximum,
  reshape,
  type Scalar,
  slice,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';

/** Bounds on the strides of one layer. */
export interface StrideLimits {
  /** Default 1. DiffStride takes 1/8 or more: below 1, an axis may grow. */
  lowerLimit?: number;
  /** Default none. */
  upperLimit?: number;
}

/** A finite replacement for ∞ in tensor ops: size/stride is 0 in float32. */
export const LARGEST = 3.4e38;

/**
 * The smallest stride for which the whole band fits, N/(N − R). For smaller strides the ramp would
 * start beyond the last frequency. As published, N = R gives +∞, and N < R gives no bound.
 */
function minimumStride(size: number, smoothness: number): number {
  if (size < smoothness) return 0;
  return size === smoothness ? LARGEST : size / (size - smoothness);
}

/** The minimum strides of all axes. A shared stride takes the largest one. */
export function minimumStrides(
  size: readonly number[],
  smoothness: number,
  shared: boolean,
): number[] {
  const bounds = size.map((n) => minimumStride(n, smoothness));
  const largest = Math.max(...bounds);
  return shared ? bounds.map(() => largest) : bounds;
}

/**
 * The strides after both clamps: raised to the minimum, then clipped to the limits. The result is
 * rounded to float32, as the tensors are.
 */
export function effectiveStrideValues(
  strides: readonly number[],
  minimum: readonly number[],
  { lowerLimit = 1, upperLimit = LARGEST }: StrideLimits,
): number[] {
  return strides.map((stride, axis) =>
    Math.fround(Math.min(Math.max(stride, minimum[axis]!, lowerLimit), upperLimit)),
  );
}

/**
 * {@link effectiveStrideValues} on tensors, one for each axis. The published code writes the first
 * clamp back into the variable, so here the gradient passes that clamp with factor 1. The gradient
 * passes at the limits, and is 0 strictly outside.
 */
export function effectiveStrides(
  strides: Tensor1D,
  minimum: readonly number[],
  { lowerLimit = 1, upperLimit = LARGEST }: StrideLimits,
): Scalar[] {
  return tidy(() => {
    const bounds = tensor1d(minimum.slice(0, strides.size));
    const raise = customGrad((given) => ({
      value: maximum(given as Tensor, bounds),
      gradFunc: (dy: Tensor) => dy,
    }));
    const clipped = clip(raise(strides) as Tensor1D, lowerLimit, upperLimit);
    const at = (index: number) => reshape(slice(clipped, [index], [1]), []) as Scalar;
    return minimum.map((_, axis) => at(Math.min(axis, strides.size - 1)));
  });
}
