import type { Tensor3D } from '@tensorflow/tfjs-core';
import { flcAxes } from './flc-axes.js';
import type { FlcPoolOptions } from './flc-pool.js';

/**
 * `flcPool` for sound and other signals (Grabinski et al. 2022): `y = Re F⁻¹(crop(F x))`, which
 * keeps the central floor(N/S) frequencies of each axis.
 *
 * Shapes: x `[batch, width, channels]` → `[batch, floor(W/S), channels]`, at least 1 along each
 * axis. Differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 3, a stride is not a finite number ≥ 1, or an
 *   option is unknown.
 */
export function flcPool1d(
  x: Tensor3D,
  strides?: number | [number],
  options: Omit<FlcPoolOptions, 'dataFormat'> = {},
): Tensor3D {
  return flcAxes('flcPool1d', 1, x, strides, options);
}
