import { type Checks, requireOptions } from '@ds/checks';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { padSpectrum } from './pad-spectrum.js';
import type { Norm } from './spectral-matrices.js';
import { checkNorm } from './spectral-matrices.js';
import { checkPath, type SpectralPath } from './spectral-path.js';
import {
  requireOneSize,
  UPSAMPLED_SIZE_CHECKS,
  type UpsampledSizeOptions,
  upsampledSize,
} from './upsampled-size.js';

/** Options of {@link spectralUpsample}. */
export interface SpectralUpsampleOptions extends UpsampledSizeOptions {
  /** Scale of the transform pair. Default `'ortho'`, as in `spectralPool`. */
  norm?: Norm;
  /** Algorithm: `'auto'` (default, see `spectralPath`), `'matrices'` or `'fft'`. */
  path?: 'auto' | SpectralPath;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link SpectralUpsampleOptions}. */
export const SPECTRAL_UPSAMPLE_CHECKS: Checks<SpectralUpsampleOptions> = {
  ...UPSAMPLED_SIZE_CHECKS,
  norm: checkNorm,
  path: checkPath,
  dataFormat: checkDataFormat,
};

/**
 * Spectral upsampling, the partner of `spectralPool` (Rippel, Snoek & Adams 2015): pads the
 * spectrum with zeros and inverts at the larger size, `y = irfft2(pad(rfft2(x)))`. This is
 * trigonometric interpolation.
 *
 * A Nyquist frequency of x, n/2 of an even side n, is two frequencies ±n/2 at the larger size. Each
 * gets half of its value, so y is real, and no axis shifts.
 *
 * A constant image c keeps its value with norm `'forward'`. With `'ortho'` it becomes
 * `c·√(hw/(HW))`, and with `'backward'` `c·hw/(HW)`. In each norm, `spectralPool` after
 * `spectralUpsample` returns every frequency below the Nyquist frequencies of x. It returns half of
 * a Nyquist frequency, because it keeps one of the two. With norm `'forward'`, integer strides and
 * output `[h·S, w·S]`, y has the pixels of x at every S-th position.
 *
 * Placement: where a transposed convolution was, before the convolution that follows.
 *
 * Shapes: x `[batch, h, w, channels]` → `[batch, H, W, channels]`. H and W are `outputSize`, or
 * floor(h·S_h) and floor(w·S_w). Differentiable in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, a stride is not a finite number ≥ 1,
 *   outputSize is smaller than x or given together with strides, the output has a side above 2²⁰ or
 *   more than 2²⁶ pixels, or an option is unknown.
 */
export function spectralUpsample(x: Tensor4D, options: SpectralUpsampleOptions = {}): Tensor4D {
  requireImage('spectralUpsample', x);
  requireOptions('spectralUpsample', 'options', options, SPECTRAL_UPSAMPLE_CHECKS);
  requireOneSize('spectralUpsample', options);
  const { norm = 'ortho', path = 'auto', dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) => {
    const input: [number, number] = [image.shape[1], image.shape[2]];
    return padSpectrum(image, upsampledSize('spectralUpsample', input, options), norm, path);
  });
}
