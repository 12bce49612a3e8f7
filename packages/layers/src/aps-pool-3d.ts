import type { Tensor5D } from '@tensorflow/tfjs-core';
import { type ApsPoolOptions, apsAxes } from './aps-axes.js';

/**
 * `apsPool` for video and volumes: subsamples each input on the one of its S_d·S_h·S_w grids with
 * the largest norm (Chaman & Dokmanić 2021).
 *
 * Shapes: x `[batch, depth, height, width, channels]` → `[batch, ceil(D/S_d), ceil(H/S_h),
 * ceil(W/S_w), channels]`. Differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 5, strides are not integers ≥ 1 with a product of
 *   at most 16384, or order is not a finite number ≥ 1.
 */
export function apsPool3d(
  x: Tensor5D,
  strides: number | readonly [number, number, number] = 2,
  options: ApsPoolOptions = {},
): Tensor5D {
  return apsAxes('apsPool3d', 3, x, strides, options);
}
