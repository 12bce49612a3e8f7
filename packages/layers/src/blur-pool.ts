import {
  type Check,
  type Checks,
  ConfigError,
  integerIn,
  oneOf,
  refuse,
  requireInteger,
  requireOptions,
} from '@ds/checks';
import {
  type AxisTaps,
  maxOverRegions,
  type PoolingMatrices,
  poolByTaps,
  type Regions,
  tapMatrix,
} from '@ds/kernels';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { BORDERS, type Border, pixelAt } from './border.js';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { tapsMultiplyAdds } from './multiply-adds.js';
import { padImage } from './pad-image.js';
import { meanOverRegions, meanTaps } from './region-mean.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { stridesPerAxis } from './stride-values.js';

/** The values beyond the border, as those of `padImage`. */
export type BlurPadding = Border;

/** Options of {@link blurPool}. */
export interface BlurPoolOptions {
  /** Taps of the binomial filter, 1 … 7. Default 3. */
  filterSize?: number;
  /** Default `'reflect'`. */
  padding?: BlurPadding;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** Options of {@link maxBlurPool} and {@link avgBlurPool}. */
export interface DenseBlurPoolOptions extends BlurPoolOptions {
  /** Side of the pooling window at stride 1, before the blur. Default 2. */
  poolSize?: number;
}

/**
 * Anti-aliased subsampling (Zhang, "Making convolutional networks shift-invariant again", 2019).
 *
 * `y = (b ⊗ b) ∗ x`, sampled at every stride-th position. b is row n − 1 of Pascal's triangle over
 * 2^(n−1): [1], [1 1]/2, [1 2 1]/4, … The padding is floor((n−1)/2) before and ceil((n−1)/2) after:
 * reflected without the edge pixel, replicated, zero or circular. So the output size is
 * ceil(size/stride) for every filter size. Even filters (2, 4, 6) shift the image by half a pixel. Filter size 1 is
 * plain subsampling.
 *
 * Placement: after the ReLU, as in the paper and in the models here. conv → ReLU → BlurPool
 * replaces a strided convolution. A ReLU after the blur would create high frequencies again.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x. Linear and separable: one pass along the height, one along the width.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, filterSize is not an integer in 1 … 7,
 *   strides are not integers ≥ 1, the padding is unknown, or the image is too small to reflect.
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

/** The windows of a size along an axis, at stride 1. */
function windows(size: number, poolSize: number): Regions {
  return Array.from({ length: size - poolSize + 1 }, (_, start) => [start, start + poolSize]);
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
  requireOptions(op, 'options', options, DENSE_CHECKS);
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

/** The size of an axis after the dense maximum or mean of {@link maxBlurPool}. */
export function denseSize(size: number, poolSize: number, padding: BlurPadding): number {
  return padding === 'circular' ? size : size - poolSize + 1;
}

function blurredSubsample(
  op: string,
  x: Tensor4D,
  strides: number | [number, number],
  options: BlurPoolOptions,
): Tensor4D {
  requireImage(op, x);
  const [strideH, strideW] = integerStrides(op, strides);
  requireOptions(op, 'options', options, BLUR_CHECKS);
  const { filterSize = 3, padding = 'reflect', dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    poolByTaps(
      image,
      blurTaps(op, image.shape[1], strideH, filterSize, padding),
      blurTaps(op, image.shape[2], strideW, filterSize, padding),
    ),
  );
}

/** Returns {@link blurPool} as constant matrices for images of one size. */
export function blurPoolMatrices(
  [height, width]: [number, number],
  { filterSize, strides, padding }: { strides: [number, number] } & Required<BlurPoolOptions>,
): PoolingMatrices {
  const matrix = (size: number, stride: number) =>
    tapMatrix(blurTaps('blurPool', size, stride, filterSize, padding), size);
  return { rows: matrix(height, strides[0]), columns: matrix(width, strides[1]) };
}

/** Multiply-adds of {@link blurPool} for one image of size [H, W, C]. */
export function blurMultiplyAdds(
  image: [number, number, number],
  { filterSize, strides, padding }: { strides: [number, number] } & Required<BlurPoolOptions>,
): number {
  const taps = (axis: 0 | 1) =>
    blurTaps('blurPool', image[axis], strides[axis], filterSize, padding);
  return tapsMultiplyAdds(taps(0), taps(1), image);
}

/** Multiply-adds of {@link avgBlurPool}'s means for one image of size [H, W, C]. */
export function windowMeanMultiplyAdds(
  [height, width, channels]: [number, number, number],
  { poolSize, padding }: Required<Pick<DenseBlurPoolOptions, 'poolSize' | 'padding'>>,
): number {
  const read = (size: number) => denseSize(size, poolSize, padding) + poolSize - 1;
  const image: [number, number, number] = [read(height), read(width), channels];
  const taps = (axis: 0 | 1) => meanTaps(windows(image[axis], poolSize));
  return tapsMultiplyAdds(taps(0), taps(1), image);
}

/** Output size of {@link blurPool} along one axis. */
export function blurPoolOutputSize(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

/** The taps of each output of a blurred and subsampled axis. */
function blurTaps(
  op: string,
  size: number,
  stride: number,
  filterSize: number,
  padding: BlurPadding,
): AxisTaps[] {
  const filter = binomial(filterSize);
  const before = Math.floor((filterSize - 1) / 2);
  const after = Math.ceil((filterSize - 1) / 2);
  if (padding === 'reflect' && Math.max(before, after) >= size && filterSize > 1) {
    throw new ConfigError(
      `${op}: x must be larger than the reflection (${Math.max(before, after)} pixels), ` +
        `got size ${size}`,
    );
  }
  return Array.from({ length: blurPoolOutputSize(size, stride) }, (_, output) =>
    filter.flatMap((weight, tap) => {
      const index = pixelAt(output * stride + tap - before, size, padding);
      return index === null ? [] : [{ index, weight }];
    }),
  );
}

/** Row n − 1 of Pascal's triangle, divided by its sum. */
function binomial(filterSize: number): number[] {
  let row = [1];
  for (let size = 1; size < filterSize; size++) {
    row = [...row, 0].map((value, i) => value + (row[i - 1] ?? 0));
  }
  return row.map((value) => value / 2 ** (filterSize - 1));
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

/** The checks of {@link BlurPoolOptions}. */
export const BLUR_CHECKS: Checks<BlurPoolOptions> = {
  filterSize: integerIn(1, 7),
  padding: oneOf(...BORDERS),
  dataFormat: checkDataFormat,
};

/** The checks of {@link DenseBlurPoolOptions}. */
export const DENSE_CHECKS: Checks<DenseBlurPoolOptions> = {
  ...BLUR_CHECKS,
  poolSize: integerIn(1),
};
