import type { Tensor5D } from '@tensorflow/tfjs-core';
import { type FlcPoolOptions, flcAxes } from './flc-axes.js';

/**
 * `flcPool` for video and volumes (Grabinski et al. 2022): `y = Re F⁻¹(crop(F x))` with the 3-D
 * transform, which keeps the central floor(N/S) frequencies of each axis.
 *
 * Shapes: x `[batch, depth, height, width, channels]` → `[batch, floor(D/S_d), floor(H/S_h),
 * floor(W/S_w), channels]`, at least 1 along each axis, or `outputSize`. Differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 5, a stride is not a finite number ≥ 1,
 *   outputSize is not of integers ≥ 1 up to the size of x or is given with strides, or an option is
 *   unknown.
 */
export function flcPool3d(
  x: Tensor5D,
  strides?: number | readonly [number, number, number],
  options: FlcPoolOptions = {},
): Tensor5D {
  return flcAxes('flcPool3d', 3, x, strides, options);
}
