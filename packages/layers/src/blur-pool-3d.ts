import type { Tensor5D } from '@tensorflow/tfjs-core';
import {
  type BlurPoolOptions,
  blurAxes,
  type DenseBlurPoolOptions,
  denseThenBlur,
} from './blur-axes.js';

/**
 * `blurPool` for video and volumes: the filter of each axis, and then subsampling (Zhang 2019).
 *
 * Shapes: x `[batch, depth, height, width, channels]` → `[batch, ceil(D/S_d), ceil(H/S_h),
 * ceil(W/S_w), channels]`. Differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 5, strides are not integers ≥ 1, an option of the
 *   filter is out of its range or does not apply, the padding is unknown, or an axis is too short
 *   to reflect.
 */
export function blurPool3d(
  x: Tensor5D,
  strides?: number | readonly [number, number, number],
  options: BlurPoolOptions = {},
): Tensor5D {
  return blurAxes('blurPool3d', 3, x, strides, options);
}

/**
 * The maximum over windows of poolSize pixels along each axis at stride 1, then
 * {@link blurPool3d}. See `maxBlurPool`.
 *
 * @throws ConfigError as {@link blurPool3d}, and if poolSize is not an integer from 1 to the
 *   shortest side.
 */
export function maxBlurPool3d(
  x: Tensor5D,
  strides?: number | readonly [number, number, number],
  options: DenseBlurPoolOptions = {},
): Tensor5D {
  return denseThenBlur('maxBlurPool3d', 3, 'max', x, strides, options);
}

/**
 * {@link maxBlurPool3d} with the mean over the windows instead of the maximum.
 *
 * @throws ConfigError as {@link maxBlurPool3d}.
 */
export function avgBlurPool3d(
  x: Tensor5D,
  strides?: number | readonly [number, number, number],
  options: DenseBlurPoolOptions = {},
): Tensor5D {
  return denseThenBlur('avgBlurPool3d', 3, 'mean', x, strides, options);
}
