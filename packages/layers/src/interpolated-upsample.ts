import { type Checks, oneOf, requireOptions } from '@ds/checks';
import { type AxisTaps, type PoolingMatrices, poolByTaps, tapMatrix } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { tapsMultiplyAdds } from './multiply-adds.js';
import {
  requireOneSize,
  UPSAMPLED_SIZE_CHECKS,
  type UpsampledSizeOptions,
  upsampledSize,
} from './upsampled-size.js';

/** The interpolation between pixels. */
export type Interpolation = 'nearest' | 'bilinear';

/** Options of {@link interpolatedUpsample}. */
export interface InterpolatedUpsampleOptions extends UpsampledSizeOptions {
  /** `'bilinear'` (default) or `'nearest'`. */
  interpolation?: Interpolation;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link InterpolatedUpsampleOptions}. */
export const INTERPOLATED_UPSAMPLE_CHECKS: Checks<InterpolatedUpsampleOptions> = {
  ...UPSAMPLED_SIZE_CHECKS,
  interpolation: oneOf('nearest', 'bilinear'),
  dataFormat: checkDataFormat,
};

/**
 * Upsampling by the nearest pixel, or by bilinear interpolation, to any size.
 *
 * The centre of output pixel p lies at `u = (p + ½)·h/H − ½` among the input pixels. `'nearest'`
 * takes the pixel floor(u + ½). `'bilinear'` weights the pixels floor(u) and floor(u) + 1 by their
 * nearness, with u clipped to [0, h − 1]. These are the half-pixel centres of `tf.image.resize`.
 *
 * Shapes: x `[batch, h, w, channels]` → `[batch, H, W, channels]`. H and W are `outputSize`, or
 * floor(h·S_h) and floor(w·S_w). Differentiable in x. Linear and separable.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   outputSize is smaller than x or given together with strides, the output has a side above 2²⁰ or
 *   more than 2²⁶ pixels, or an option is unknown.
 */
export function interpolatedUpsample(
  x: Tensor4D,
  options: InterpolatedUpsampleOptions = {},
): Tensor4D {
  const op = 'interpolatedUpsample';
  requireImage(op, x);
  requireOptions(op, 'options', options, INTERPOLATED_UPSAMPLE_CHECKS);
  requireOneSize(op, options);
  const { interpolation = 'bilinear', dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) => {
    const input: [number, number] = [image.shape[1], image.shape[2]];
    const size = upsampledSize(op, input, options);
    return poolByTaps(image, ...interpolationTaps(input, size, interpolation));
  });
}

/** Returns {@link interpolatedUpsample} as constant matrices for images of one size. */
export function interpolationMatrices(
  input: [number, number],
  output: [number, number],
  interpolation: Interpolation,
): PoolingMatrices {
  const [rows, columns] = interpolationTaps(input, output, interpolation);
  return { rows: tapMatrix(rows, input[0]), columns: tapMatrix(columns, input[1]) };
}

/** Multiply-adds for one image of size [h, w, C]. */
export function interpolationMultiplyAdds(
  image: [number, number, number],
  output: [number, number],
  interpolation: Interpolation,
): number {
  const taps = interpolationTaps([image[0], image[1]], output, interpolation);
  return tapsMultiplyAdds(taps, image);
}

/** The taps of both axes. */
function interpolationTaps(
  input: [number, number],
  output: [number, number],
  interpolation: Interpolation,
): [AxisTaps[], AxisTaps[]] {
  const tapsAt = interpolation === 'nearest' ? nearestTap : linearTaps;
  const along = (axis: 0 | 1) =>
    Array.from({ length: output[axis] }, (_, pixel) => {
      // (p + ½)·h/H, with one rounding.
      const centre = ((2 * pixel + 1) * input[axis]) / (2 * output[axis]);
      return tapsAt(centre, input[axis]);
    });
  return [along(0), along(1)];
}

function nearestTap(centre: number): AxisTaps {
  return [{ index: Math.floor(centre), weight: 1 }];
}

function linearTaps(centre: number, size: number): AxisTaps {
  const place = Math.min(Math.max(centre - 0.5, 0), size - 1);
  const index = Math.floor(place);
  if (place === index) return [{ index, weight: 1 }];
  return [
    { index, weight: index + 1 - place },
    { index: index + 1, weight: place - index },
  ];
}
