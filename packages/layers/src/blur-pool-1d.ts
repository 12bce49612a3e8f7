import type { Tensor3D } from '@tensorflow/tfjs-core';
import {
  type BlurPoolOptions,
  blurAxes,
  type DenseBlurPoolOptions,
  denseThenBlur,
} from './blur-axes.js';

/**
 * `blurPool` for sound and other signals: the filter of each axis, and then subsampling (Zhang
 * 2019).
 *
 * Shapes: x `[batch, width, channels]` → `[batch, ceil(W/S), channels]`. Differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 3, strides are not integers ≥ 1, an option of the
 *   filter is out of its range or does not apply, the padding is unknown, or an axis is too short
 *   to reflect.
 */
export function blurPool1d(
  x: Tensor3D,
  strides?: number | readonly [number],
  options: Omit<BlurPoolOptions, 'dataFormat'> = {},
): Tensor3D {
  return blurAxes('blurPool1d', 1, x, strides, options);
}

/**
 * The maximum over windows of poolSize pixels along each axis at stride 1, then
 * {@link blurPool1d}. See `maxBlurPool`.
 *
 * @throws ConfigError as {@link blurPool1d}, and if poolSize is not an integer from 1 to the
 *   shortest side.
 */
export function maxBlurPool1d(
  x: Tensor3D,
  strides?: number | readonly [number],
  options: Omit<DenseBlurPoolOptions, 'dataFormat'> = {},
): Tensor3D {
  return denseThenBlur('maxBlurPool1d', 1, 'max', x, strides, options);
}

/**
 * {@link maxBlurPool1d} with the mean over the windows instead of the maximum.
 *
 * @throws ConfigError as {@link maxBlurPool1d}.
 */
export function avgBlurPool1d(
  x: Tensor3D,
  strides?: number | readonly [number],
  options: Omit<DenseBlurPoolOptions, 'dataFormat'> = {},
): Tensor3D {
  return denseThenBlur('avgBlurPool1d', 1, 'mean', x, strides, options);
}
