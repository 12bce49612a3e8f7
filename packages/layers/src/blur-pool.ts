import { type Check, refuse, requireInteger, requireOptions } from '@ds/checks';
import { maxOverRegions, type PoolingMatrices, poolByTaps, tapMatrix } from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import {
  type Blur,
  type BlurPadding,
  type BlurPoolOptions,
  blurChecks,
  blurTaps,
  type DenseBlurPoolOptions,
  denseChecks,
  denseSize,
  windows,
} from './blur-axes.js';
import { filterSetting } from './blur-filter.js';
import { inChannelsLast, requireImage } from './data-format.js';
import { tapsMultiplyAdds } from './multiply-adds.js';
import { padImage } from './pad-image.js';
import { meanOverRegions, meanTaps } from './region-mean.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { stridesPerAxis } from './stride-values.js';

/**
 * Anti-aliased subsampling (Zhang, "Making convolutional networks shift-invariant again", 2019).
 *
 * `y[i, j] = Σ_{t,u} a_t b_u x[S_h i + t − p, S_w j + u − q]`. a and b are the filters of both axes:
 * binomial as in the paper, windowed sincs, or your own, see `blurFilter`. The padding of n taps is
 * floor((n−1)/2) before and ceil((n−1)/2) after: reflected without the edge pixel, replicated, zero
 * or circular. So the output size is ceil(size/stride) for every filter size. An even number of
 * taps shifts the image by half a pixel. One tap is plain subsampling.
 *
 * Placement: after the ReLU, as in the paper and in the models here. conv → ReLU → BlurPool
 * replaces a strided convolution. A ReLU after the blur would create high frequencies again.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x. Linear and separable: one pass along the height, one along the width.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not integers ≥ 1, an option
 *   of the filter is out of its range or does not apply, the padding is unknown, or the image is
 *   too small to reflect.
 */
export function blurPool(
  x: Tensor4D,
  strides: number | [number, number] = 2,
  options: BlurPoolOptions = {},
): Tensor4D {
  return blurredSubsample('blurPool', x, strides, options);
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
  strides: number | [number, number] = 2,
  options: DenseBlurPoolOptions = {},
): Tensor4D {
  return denseThenBlur('maxBlurPool', x, strides, options, (image, size) =>
    maxOverRegions(image, windows(image.shape[1], size), windows(image.shape[2], size)),
  );
}

/**
 * {@link maxBlurPool} with the mean over the windows instead of the maximum.
 *
 * @throws ConfigError as {@link maxBlurPool}.
 */
export function avgBlurPool(
  x: Tensor4D,
  strides: number | [number, number] = 2,
  options: DenseBlurPoolOptions = {},
): Tensor4D {
  return denseThenBlur('avgBlurPool', x, strides, options, (image, size) =>
    meanOverRegions(image, windows(image.shape[1], size), windows(image.shape[2], size)),
  );
}

function denseThenBlur(
  op: string,
  x: Tensor4D,
  strides: number | [number, number],
  options: DenseBlurPoolOptions,
  pool: (image: Tensor4D, size: number) => Tensor4D,
): Tensor4D {
  requireImage(op, x);
  integerStrides(op, strides);
  requireOptions(op, 'options', options, denseChecks(2));
  const { poolSize = 2, dataFormat = 'channelsLast', ...blur } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const largest = Math.min(image.shape[1], image.shape[2]);
      requireInteger(op, 'poolSize', poolSize, 1, largest);
      const margin: [number, number] = [0, poolSize - 1];
      const wraps = blur.padding === 'circular' && poolSize > 1;
      const given = wraps ? padImage(image, [margin, margin]) : image;
      return blurredSubsample(op, pool(given, poolSize), strides, blur);
    }),
  );
}

function blurredSubsample(
  op: string,
  x: Tensor4D,
  strides: number | [number, number],
  options: BlurPoolOptions,
): Tensor4D {
  requireImage(op, x);
  const pair = integerStrides(op, strides);
  requireOptions(op, 'options', options, blurChecks(2));
  const { padding = 'reflect', dataFormat = 'channelsLast', ...filter } = options;
  const blur = { ...filterSetting(op, filter), strides: pair, padding };
  return inChannelsLast(x, dataFormat, (image) => {
    const [rows, columns] = blurTaps(op, [image.shape[1], image.shape[2]], blur);
    return poolByTaps(image, rows!, columns!);
  });
}

/** Returns {@link blurPool} as constant matrices for images of one size. */
export function blurPoolMatrices(input: [number, number], blur: Blur): PoolingMatrices {
  const [rows, columns] = blurTaps('blurPool', input, blur);
  return { rows: tapMatrix(rows!, input[0]), columns: tapMatrix(columns!, input[1]) };
}

/** Multiply-adds of {@link blurPool} for one image of size [H, W, C]. */
export function blurMultiplyAdds(image: [number, number, number], blur: Blur): number {
  const [rows, columns] = blurTaps('blurPool', [image[0], image[1]], blur);
  return tapsMultiplyAdds(rows!, columns!, image);
}

/** Multiply-adds of {@link avgBlurPool}'s means for one image of size [H, W, C]. */
export function windowMeanMultiplyAdds(
  [height, width, channels]: [number, number, number],
  { poolSize, padding }: { poolSize: number; padding: BlurPadding },
): number {
  const read = (size: number) => denseSize(size, poolSize, padding) + poolSize - 1;
  const image: [number, number, number] = [read(height), read(width), channels];
  const taps = (axis: 0 | 1) => meanTaps(windows(image[axis], poolSize));
  return tapsMultiplyAdds(taps(0), taps(1), image);
}

/** Checks that strides are integers ≥ 1, and returns one for each axis. */
export function integerStrides<R extends SpatialRank = 2>(
  op: string,
  strides: number | readonly number[],
  rank: R = 2 as R,
): PerAxis<R> {
  const list = stridesPerAxis(op, strides, rank);
  if (!list.every((stride) => Number.isSafeInteger(stride) && stride >= 1)) {
    refuse(op, 'strides', 'be integers >= 1', list);
  }
  return list;
}

/** {@link integerStrides} as the check of an option. */
export const checkIntegerStrides: Check = (op, _name, strides) =>
  integerStrides(op, strides as [number, number]);
