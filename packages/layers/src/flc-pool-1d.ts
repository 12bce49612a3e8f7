import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type FlcPoolOptions, flcAxes } from './flc-axes.js';

/**
 * `flcPool` for sound and other signals (Grabinski et al. 2022): `y = Re F⁻¹(crop(F x))`, which
 * keeps the central floor(W/S) frequencies of the axis.
 *
 * Shapes: x `[batch, width, channels]` → `[batch, floor(W/S), channels]`, at least 1, or
 * `outputSize`. Differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 3, a stride is not a finite number ≥ 1,
 *   outputSize is not of integers ≥ 1 up to the size of x or is given with strides, or an option is
 *   unknown.
 */
export function flcPool1d(
  x: Tensor3D,
  strides?: number | readonly [number],
  options: Omit<FlcPoolOptions, 'dataFormat'> = {},
): Tensor3D {
  return flcAxes('flcPool1d', 1, x, strides, options);
}
