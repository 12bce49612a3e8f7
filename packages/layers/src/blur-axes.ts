import { type Checks, ConfigError, integerIn, oneOf } from '@ds/checks';
import type { AxisTaps, Regions } from '@ds/kernels';
import {
  axisFilters,
  type BlurFilterOptions,
  type BlurFilterSetting,
  filterChecks,
} from './blur-filter.js';
import { BORDERS, type Border, pixelAt } from './border.js';
import { checkDataFormat, type DataFormat } from './data-format.js';

/** The values beyond the border, as those of `padImage`. */
export type BlurPadding = Border;

/** Options of `blurPool`. */
export interface BlurPoolOptions extends BlurFilterOptions {
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

/** A blur and its subsampling: the filter, the strides and the border. */
export interface Blur extends BlurFilterSetting {
  strides: readonly number[];
  padding: BlurPadding;
}

/** The taps of each output along each axis. */
export function blurTaps(op: string, sides: readonly number[], blur: Blur): AxisTaps[][] {
  return axisFilters(op, blur.strides, blur).map((filter, axis) =>
    filteredTaps(op, sides[axis]!, blur.strides[axis]!, filter, blur.padding),
  );
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
export function windows(size: number, poolSize: number): Regions {
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
  const after = Math.ceil((filter.length - 1) / 2);
  if (padding === 'reflect' && Math.max(before, after) >= size && filter.length > 1) {
    throw new ConfigError(
      `${op}: x must be larger than the reflection (${Math.max(before, after)} pixels), ` +
        `got size ${size}`,
    );
  }
  return Array.from({ length: blurPoolOutputSize(size, stride) }, (_, output) =>
    filter.flatMap((weight, tap) => {
      const index = pixelAt(output * stride + tap - before, size, padding);
      return index === null || weight === 0 ? [] : [{ index, weight }];
    }),
  );
}

/** The checks of {@link BlurPoolOptions} for a number of axes. */
export function blurChecks(axes: number): Checks<BlurPoolOptions> {
  return {
    ...filterChecks(axes),
    padding: oneOf(...BORDERS),
    dataFormat: checkDataFormat,
  };
}

/** The checks of {@link DenseBlurPoolOptions} for a number of axes. */
export function denseChecks(axes: number): Checks<DenseBlurPoolOptions> {
  return { ...blurChecks(axes), poolSize: integerIn(1) };
}
