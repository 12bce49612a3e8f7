import {
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
  type ComplexMatrix,
  maxOverAxes,
  poolAxesByTaps,
  type Regions,
  tapMatrix,
} from '@ds/kernels';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import {
  axisFilters,
  type BlurFilterOptions,
  type BlurFilterSetting,
  filterChecks,
  filterSetting,
  kaiserAround,
  kaiserHalf,
} from './blur-filter.js';
import { BORDERS, type Border, pixelAt } from './border.js';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { integerStrides } from './integer-strides.js';
import { tapsMultiplyAdds } from './multiply-adds.js';
import { checkOutputSize, reductionOf, requireFittingOutput } from './output-size.js';
import { paddingTaps } from './pad-image.js';
import { meanOverAxes, meanTaps } from './region-mean.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';

/** The values beyond the border, as those of `padImage`. */
export type BlurPadding = Border;

/** Options of `blurPool`. */
export interface BlurPoolOptions extends BlurFilterOptions {
  /**
   * Output size, one for all axes or one for each axis, instead of strides. It may be any size up
   * to that of the input. With padding `'reflect'` it must be above about
   * (attenuation − 7.95)/14.36, that is 3 or more at 40 dB. The filter is then `'kaiser'`.
   */
  outputSize?: number | readonly number[];
  /** Default `'reflect'`. */
  padding?: BlurPadding;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** Options of `maxBlurPool` and `avgBlurPool`. */
export interface DenseBlurPoolOptions extends BlurPoolOptions {
  /** Side of the pooling window at stride 1, before the blur. Default 2. */
  poolSize?: number;
}

/** A blur and its subsampling: the filter, the border, and either strides or an output size. */
export interface Blur<R extends SpatialRank = SpatialRank> extends BlurFilterSetting {
  strides: PerAxis<R> | null;
  outputSize: PerAxis<R> | null;
  padding: BlurPadding;
}

/**
 * The blur of checked options, with defaults.
 *
 * @throws ConfigError if strides are not integers ≥ 1, or options exclude each other.
 */
export function blurOf<R extends SpatialRank>(
  op: string,
  rank: R,
  strides: number | readonly number[] | undefined,
  { padding = 'reflect', outputSize, ...options }: Omit<BlurPoolOptions, 'dataFormat'>,
): Blur<R> {
  const reduction = reductionOf(op, rank, strides, outputSize, integerStrides<R>);
  if (reduction.strides) {
    const setting = filterSetting(op, options);
    return { ...setting, strides: reduction.strides, outputSize: null, padding };
  }
  const { filter = 'kaiser', filterSize } = options;
  if (filter !== 'kaiser') refuse(op, 'filter', "be 'kaiser' with outputSize", filter);
  if (filterSize !== undefined) {
    refuse(op, 'filterSize', 'be left out with outputSize', filterSize);
  }
  const setting = filterSetting(op, { ...options, filter });
  return { ...setting, strides: null, outputSize: reduction.outputSize ?? null, padding };
}

/** {@link Blur} on an image of a rank, with all checks. */
export function blurAxes<X extends Tensor>(
  op: string,
  rank: SpatialRank,
  x: X,
  strides: number | readonly number[] | undefined,
  options: BlurPoolOptions,
): X {
  requireImage(op, x, rank);
  requireOptions(op, 'options', options, blurChecks(rank));
  const { dataFormat = 'channelsLast', ...others } = options;
  const blur = blurOf(op, rank, strides, others);
  return inChannelsLast(x, dataFormat, (image) =>
    poolAxesByTaps(image, blurTaps(op, image.shape.slice(1, -1), blur)),
  );
}

/** The maximum or mean over all windows at stride 1, and then {@link blurAxes}. */
export function denseThenBlur<X extends Tensor>(
  op: string,
  rank: SpatialRank,
  reduce: 'max' | 'mean',
  x: X,
  strides: number | readonly number[] | undefined,
  options: DenseBlurPoolOptions,
): X {
  requireImage(op, x, rank);
  requireOptions(op, 'options', options, denseChecks(rank));
  const { poolSize = 2, dataFormat = 'channelsLast', ...blur } = options;
  const checked = blurOf(op, rank, strides, blur);
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const sides = image.shape.slice(1, -1);
      requireInteger(op, 'poolSize', poolSize, 1, Math.min(...sides));
      for (const [axis, size] of sides.entries()) {
        const why = whyUnblurable(op, size, axis, checked, poolSize);
        if (why) throw new ConfigError(`${op}: ${why}`);
      }
      const wraps = blur.padding === 'circular' && poolSize > 1;
      const given = wraps ? wrapped(op, image, poolSize - 1) : image;
      const regions = given.shape.slice(1, -1).map((size) => windows(size, poolSize));
      const dense = reduce === 'max' ? maxOverAxes(given, regions) : meanOverAxes(given, regions);
      return blurAxes(op, rank, dense, strides, blur);
    }),
  );
}

/** An image whose axes continue with their first pixels. */
function wrapped<X extends Tensor>(op: string, image: X, count: number): X {
  const axes = image.shape.slice(1, -1);
  return poolAxesByTaps(
    image,
    axes.map((size) => paddingTaps(op, size, [0, count], 'circular')),
  );
}

/** The constant matrix of each axis, for images with these sides. */
export function blurAxisMatrices(
  op: string,
  sides: readonly number[],
  blur: Blur,
): ComplexMatrix[] {
  return blurTaps(op, sides, blur).map((taps, axis) => ({
    real: tapMatrix(taps, sides[axis]!),
  }));
}

/** Multiply-adds of a {@link Blur} for one image of these sides and channels. */
export function blurMultiplyAdds(op: string, image: readonly number[], blur: Blur): number {
  return tapsMultiplyAdds(blurTaps(op, image.slice(0, -1), blur), image);
}

/** Multiply-adds of the dense means of `avgBlurPool`, for an image of these sides and channels. */
export function windowMeanMultiplyAdds(
  image: readonly number[],
  { poolSize, padding }: { poolSize: number; padding: BlurPadding },
): number {
  const read = image.slice(0, -1).map((size) => denseSize(size, poolSize, padding) + poolSize - 1);
  const taps = read.map((size) => meanTaps(windows(size, poolSize)));
  return tapsMultiplyAdds(taps, [...read, image.at(-1)!]);
}

/** The taps of each output along each axis. */
export function blurTaps(op: string, sides: readonly number[], blur: Blur): AxisTaps[][] {
  const { outputSize, strides } = blur;
  if (strides) {
    return axisFilters(op, strides, blur).map((filter, axis) =>
      filteredTaps(op, sides[axis]!, strides[axis]!, filter, blur.padding),
    );
  }
  requireFittingOutput(op, outputSize!, sides);
  return outputSize!.map((size, axis) => resizedTaps(op, sides[axis]!, size, blur));
}

/** Output size of a blur along one axis. */
export function blurPoolOutputSize(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

/** The size of an axis after the dense maximum or mean of `maxBlurPool`. */
export function denseSize(size: number, poolSize: number, padding: BlurPadding): number {
  return padding === 'circular' ? size : size - poolSize + 1;
}

/** The windows of a size along an axis, at stride 1. */
function windows(size: number, poolSize: number): Regions {
  return Array.from({ length: size - poolSize + 1 }, (_, start) => [start, start + poolSize]);
}

/** The taps of each output of a filtered and subsampled axis. Taps of weight 0 are left out. */
function filteredTaps(
  op: string,
  size: number,
  stride: number,
  filter: number[],
  padding: BlurPadding,
): AxisTaps[] {
  const before = Math.floor((filter.length - 1) / 2);
  requireReflection(op, size, Math.ceil((filter.length - 1) / 2), padding);
  return Array.from({ length: blurPoolOutputSize(size, stride) }, (_, output) =>
    filter.flatMap((weight, tap) => {
      const index = pixelAt(output * stride + tap - before, size, padding);
      return index === null || weight === 0 ? [] : [{ index, weight }];
    }),
  );
}

/**
 * The taps of each output of an axis that is filtered and resized: output i is centred at pixel
 * i·size/outputSize.
 */
function resizedTaps(op: string, size: number, outputSize: number, blur: Blur): AxisTaps[] {
  const stride = size / outputSize;
  const attenuation = blur.attenuation!;
  requireReflection(op, size, kaiserHalf(stride, attenuation), blur.padding);
  return Array.from({ length: outputSize }, (_, output) =>
    kaiserAround(output * stride, stride, attenuation).flatMap(({ pixel, weight }) => {
      const index = pixelAt(pixel, size, blur.padding);
      return index === null || weight === 0 ? [] : [{ index, weight }];
    }),
  );
}

/**
 * Why a blur after windows of `poolSize` refuses a size along an axis, or `null` if it takes it.
 */
export function whyUnblurable(
  op: string,
  size: number,
  axis: number,
  blur: Blur,
  poolSize: number,
): string | null {
  const { strides, outputSize, padding } = blur;
  const dense = denseSize(size, poolSize, padding);
  const reach = strides
    ? Math.ceil((axisFilters(op, strides, blur)[axis]!.length - 1) / 2)
    : kaiserHalf(dense / outputSize![axis]!, blur.attenuation!);
  if (outputSize && outputSize[axis]! > dense) return null;
  return whyUnreflectable(size, reach, padding, poolSize);
}

/** Why an axis lacks the pixels that a border reflects, or `null` if it has them. */
function whyUnreflectable(
  size: number,
  reach: number,
  padding: BlurPadding,
  poolSize = 1,
): string | null {
  const cut = poolSize - 1;
  if (padding !== 'reflect' || reach < size - cut || reach === 0) return null;
  const windows = cut > 0 ? ' and the windows' : '';
  return `x must be larger than the reflection${windows} (${reach + cut} pixels), got size ${size}`;
}

/** @throws ConfigError if an axis lacks the pixels that a border reflects. */
function requireReflection(op: string, size: number, reach: number, padding: BlurPadding): void {
  const why = whyUnreflectable(size, reach, padding);
  if (why) throw new ConfigError(`${op}: ${why}`);
}

/**
 * The checks of {@link BlurPoolOptions} for a number of axes. As in tfjs, one axis has no data
 * format.
 */
function blurChecks(axes: SpatialRank): Checks<BlurPoolOptions> {
  const format = axes === 1 ? {} : { dataFormat: checkDataFormat };
  const checks = {
    ...filterChecks(axes),
    outputSize: checkOutputSize(axes),
    padding: oneOf(...BORDERS),
    ...format,
  };
  return checks as Checks<BlurPoolOptions>;
}

/** The checks of {@link DenseBlurPoolOptions} for a number of axes. */
export function denseChecks(axes: SpatialRank): Checks<DenseBlurPoolOptions> {
  return { ...blurChecks(axes), poolSize: integerIn(1) };
}
