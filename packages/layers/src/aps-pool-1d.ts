import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type ApsPoolOptions, apsAxes } from './aps-axes.js';

/**
 * `apsPool` for sound and other signals: subsamples each input on the one of its S grids with the
 * largest norm (Chaman & Dokmanić 2021).
 *
 * Shapes: x `[batch, width, channels]` → `[batch, ceil(W/S), channels]`. Differentiable in x.
 *
 * @throws ConfigError if x is not float32 of rank 3, strides are not integers ≥ 1 with a product of
 *   at most 16384, or order is not a finite number ≥ 1.
 */
export function apsPool1d(
  x: Tensor3D,
  strides: number | readonly [number] = 2,
  options: Omit<ApsPoolOptions, 'dataFormat'> = {},
): Tensor3D {
  return apsAxes('apsPool1d', 1, x, strides, options);
}
