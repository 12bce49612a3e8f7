import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type FlcPoolOptions, flcAxes } from './flc-axes.js';

/**
 * Frequency low cut (Grabinski, Jung, Keuper & Keuper, "FrequencyLowCut pooling", ECCV 2022):
 * pooling without aliasing.
 *
 * `y = Re F⁻¹(crop(F x))`. Along each axis the crop keeps the n = floor(N/S) frequencies
 * −floor(n/2) … ceil(n/2) − 1 of the centred spectrum. Unlike spectral pooling, it uses the full
 * complex spectrum and treats both axes alike. The published code returns `|F⁻¹ …|`, which loses
 * signs: set `modulus: true` for that.
 *
 * Placement: after the convolution that it downsamples, which then runs at stride 1.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, floor(H/S_h), floor(W/S_w), channels]`,
 * at least 1, or `outputSize`. Differentiable in x.
 *
 * @param strides default 2.
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   outputSize is not of integers ≥ 1 up to the size of x or is given with strides, or an option is
 *   unknown.
 */
export function flcPool(
  x: Tensor4D,
  strides?: number | readonly [number, number],
  options: FlcPoolOptions = {},
): Tensor4D {
  return flcAxes('flcPool', 2, x, strides, options);
}
