import { type Checks, ConfigError, integerIn, oneOf, requireOptions } from '@ds/checks';
import { type AxisTaps, type PoolingMatrices, poolByTaps, tapMatrix } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { BlurPadding } from './blur-axes.js';
import { binomial } from './blur-filter.js';
import { BORDERS, pixelAt } from './border.js';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { checkIntegerStrides, integerStrides } from './integer-strides.js';
import { tapsMultiplyAdds } from './multiply-adds.js';
import { checkOutputSize, requireLargest, sizePair } from './upsampled-size.js';

/** Options of {@link blurUpsample}. */
export interface BlurUpsampleOptions {
  /** Number of taps of the binomial filter, 1 … 7. Default 3. */
  filterSize?: number;
  /** Default `'reflect'`. */
  padding?: BlurPadding;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
  /** Integer strides ≥ 1, output pixels per input pixel, one number for both axes. Default 2. */
  strides?: number | readonly [number, number];
  /**
   * Output [height, width], or one number for both. A side H must satisfy ceil(H/S) = h. Default
   * h·S.
   */
  outputSize?: number | readonly [number, number];
}

/** The checks of {@link BlurUpsampleOptions}. */
export const BLUR_UPSAMPLE_CHECKS: Checks<BlurUpsampleOptions> = {
  filterSize: integerIn(1, 7),
  padding: oneOf(...BORDERS),
  dataFormat: checkDataFormat,
  strides: checkIntegerStrides(2),
  outputSize: checkOutputSize,
};

/**
 * Blurred upsampling, the partner of `blurPool` (Zhang 2019): inserts zeros, then blurs with a gain
 * of S along each axis.
 *
 * Pixel i of x goes to pixel S·i of an image of zeros. The binomial filter of `filterSize` taps
 * then blurs it. The border beyond that image follows `padding`, with ceil((n−1)/2) pixels before
 * and floor((n−1)/2) after it. These are the margins of `blurPool`, exchanged. So with padding
 * `'zero'` or `'circular'` the op is the adjoint of `blurPool` times the gains:
 *
 *     ⟨blurPool(u), x⟩ = ⟨u, blurUpsample(x)⟩/(S_h·S_w)
 *
 * At stride 2 and filterSize ≥ 2 a constant image keeps its value with padding `'circular'` if S
 * divides the output, and also with `'reflect'` for odd filters. At larger strides S the filter
 * needs S taps or more, and its phases have different sums: a checkerboard of period S remains.
 * Filter size 1 only inserts zeros.
 *
 * Shapes: x `[batch, h, w, channels]` → `[batch, h·S_h, w·S_w, channels]`, or `outputSize`.
 * Differentiable in x. Linear and separable: one pass along the height, one along the width.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, filterSize is not an integer in 1 … 7,
 *   strides are not integers ≥ 1, outputSize is not a size that `blurPool` reduces to that of x,
 *   the padding is unknown, or the output is too small to reflect, has a side above 2²⁰ or more
 *   than 2²⁶ pixels.
 */
export function blurUpsample(x: Tensor4D, options: BlurUpsampleOptions = {}): Tensor4D {
  requireImage('blurUpsample', x);
  requireOptions('blurUpsample', 'options', options, BLUR_UPSAMPLE_CHECKS);
  return inChannelsLast(x, options.dataFormat ?? 'channelsLast', (image) =>
    poolByTaps(
      image,
      ...blurUpsampleTaps('blurUpsample', [image.shape[1], image.shape[2]], options),
    ),
  );
}

/** Returns {@link blurUpsample} as constant matrices for images of one size. */
export function blurUpsampleMatrices(
  op: string,
  input: [number, number],
  options: BlurUpsampleOptions,
): PoolingMatrices {
  const [rows, columns] = blurUpsampleTaps(op, input, options);
  return { rows: tapMatrix(rows, input[0]), columns: tapMatrix(columns, input[1]) };
}

/** Multiply-adds of {@link blurUpsample} for one image of size [h, w, C]. */
export function blurUpsampleMultiplyAdds(
  image: [number, number, number],
  options: BlurUpsampleOptions,
): number {
  const taps = blurUpsampleTaps('blurUpsample', [image[0], image[1]], options);
  return tapsMultiplyAdds(taps, image);
}

/** The output [height, width] of {@link blurUpsample}. */
export function blurUpsampledSize(
  op: string,
  input: [number, number],
  { strides = 2, outputSize }: BlurUpsampleOptions,
): [number, number] {
  const pair = integerStrides(op, strides);
  if (outputSize === undefined) {
    const size: [number, number] = [input[0] * pair[0], input[1] * pair[1]];
    requireLargest(op, 'strides', size);
    return size;
  }
  const size = sizePair(outputSize);
  if (size.some((side, axis) => Math.ceil(side / pair[axis]!) !== input[axis])) {
    throw new ConfigError(
      `${op}: outputSize must be a size that strides [${pair}] reduce to [${input}], got [${size}]`,
    );
  }
  return size;
}

/** Why an output of `size` pixels along an axis is too small to reflect, or `null` if it is not. */
export function whyUnreflectable(
  size: number,
  { filterSize = 3, padding = 'reflect' }: BlurUpsampleOptions,
): string | null {
  const before = Math.ceil((filterSize - 1) / 2);
  if (padding !== 'reflect' || before < size || before === 0) return null;
  return `the output must be larger than the reflection (${before} pixels), got size ${size}`;
}

/** The taps of both axes. */
function blurUpsampleTaps(
  op: string,
  input: [number, number],
  options: BlurUpsampleOptions,
): [AxisTaps[], AxisTaps[]] {
  const pair = integerStrides(op, options.strides ?? 2);
  const size = blurUpsampledSize(op, input, options);
  return [axisTaps(op, size[0], pair[0], options), axisTaps(op, size[1], pair[1], options)];
}

/** The taps of each output of an axis of `size` pixels. */
function axisTaps(
  op: string,
  size: number,
  stride: number,
  { filterSize = 3, padding = 'reflect' }: BlurUpsampleOptions,
): AxisTaps[] {
  const before = Math.ceil((filterSize - 1) / 2);
  const why = whyUnreflectable(size, { filterSize, padding });
  if (why) throw new ConfigError(`${op}: ${why}`);
  const filter = binomial(filterSize);
  return Array.from({ length: size }, (_, output) =>
    filter.flatMap((weight, tap) => {
      const place = pixelAt(output + tap - before, size, padding);
      if (place === null || place % stride !== 0) return [];
      return [{ index: place / stride, weight: weight * stride }];
    }),
  );
}
