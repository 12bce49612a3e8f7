import { type PoolingMatrices, tapMatrix } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import {
  type Blur,
  type BlurPoolOptions,
  blurAxes,
  blurTaps,
  type DenseBlurPoolOptions,
  denseThenBlur,
} from './blur-axes.js';

/**
 * Anti-aliased subsampling (Zhang, "Making convolutional networks shift-invariant again", 2019).
 *
 * `y[i, j] = Σ_{t,u} a_t b_u x[S_h i + t − p, S_w j + u − q]`. a and b are the filters of both
 * axes: binomial as in the paper, windowed sincs, or your own, see `blurFilter`. n taps need
 * p = floor((n−1)/2) pixels before the image and ceil((n−1)/2) after it. They are reflected without
 * the edge pixel, replicated, zero or circular. So the output size is ceil(size/stride) for every
 * filter size. An even number of taps shifts the image by half a pixel. One tap is plain
 * subsampling.
 *
 * Placement: after the ReLU, as in the paper and in the models here. conv → ReLU → BlurPool
 * replaces a strided convolution. A ReLU after the blur would create high frequencies again.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x. Linear and separable: one pass along the height, one along the width.
 *
 * With `outputSize` instead of strides, the output has exactly that size, and output i is centred
 * at pixel i·N/n of its axis. The Kaiser filter is designed for the stride N/n, which need not be
 * an integer.
 *
 * @param strides default 2.
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not integers ≥ 1, an
 *   option of the filter is out of its range or does not apply, the padding is unknown, or the
 *   image is too small to reflect.
 */
export function blurPool(
  x: Tensor4D,
  strides?: number | readonly [number, number],
  options: BlurPoolOptions = {},
): Tensor4D {
  return blurAxes('blurPool', 2, x, strides, options);
}

/**
 * Shift-tolerant max-pooling (Zhang 2019): the maximum over poolSize² windows at stride 1 without
 * padding, then {@link blurPool}. The maximum shrinks each side by poolSize − 1. The blur then
 * shrinks it to ceil(size/stride). With padding `'circular'` the windows wrap around too, so the
 * maximum keeps the size.
 *
 * @throws ConfigError as {@link blurPool}, and if poolSize is not an integer in 1 … min(H, W).
 */
export function maxBlurPool(
  x: Tensor4D,
  strides?: number | readonly [number, number],
  options: DenseBlurPoolOptions = {},
): Tensor4D {
  return denseThenBlur('maxBlurPool', 2, 'max', x, strides, options);
}

/**
 * {@link maxBlurPool} with the mean over the windows instead of the maximum.
 *
 * @throws ConfigError as {@link maxBlurPool}.
 */
export function avgBlurPool(
  x: Tensor4D,
  strides?: number | readonly [number, number],
  options: DenseBlurPoolOptions = {},
): Tensor4D {
  return denseThenBlur('avgBlurPool', 2, 'mean', x, strides, options);
}

/** Returns {@link blurPool} as constant matrices for images of one size. */
export function blurPoolMatrices(op: string, input: [number, number], blur: Blur): PoolingMatrices {
  const [rows, columns] = blurTaps(op, input, blur);
  return { rows: tapMatrix(rows!, input[0]), columns: tapMatrix(columns!, input[1]) };
}
