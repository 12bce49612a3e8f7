import { type Checks, ConfigError, requireOptions } from '@ds/checks';
import { type ComplexMatrix, type KeptBand, poolAtStrides } from '@ds/kernels';
import {
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { inChannelsLast, requireImage } from './data-format.js';
import {
  DIFF_STRIDE_CHECKS,
  type DiffStrideOfAxes,
  type DiffStrideOptions,
  type KnownStrides,
  requireLimits,
} from './diff-stride-options.js';
import { LARGEST } from './effective-strides.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { entriesOfAxes, maskedSpectrum } from './spectral-matrices.js';
import { ONE_PIXEL, poolSpectrum, spectralPath } from './spectral-path.js';
import { axesOf, type Kept, keptOf } from './stride-bands.js';
import { grownMatrices, leastStride, poolGrown } from './stride-growth.js';
import { perAxis, requireStrides, requireStrideTensor, strideValues } from './stride-values.js';

/**
 * DiffStride: pooling whose strides have a gradient (Riad et al., ICLR 2022).
 *
 * `y = irfft2(crop(mask_h(S_h) · rfft2(x) · mask_w(S_w)))`, with ramp masks that depend on the
 * strides: `mask_h = clip((R + a − d)/R, 0, 1)`, `a = max(H/S_h, 2)/2`, and
 * `mask_w = clip((R + b − n)/R, 0, 1)`, `b = max(W/S_w, 2)/2 + 1`.
 *
 * The crop removes the frequencies whose mask is 0, so larger strides give smaller outputs. The set
 * of kept frequencies is a step function of the strides, so the crop has no gradient. The mask
 * values on the ramp have one: `∂mask/∂S = −(H/2)/(R S²)`. A frequency has a mask near 0 before the
 * crop removes it, so its removal changes the output little.
 *
 * Strides are in input pixels per output pixel. The smoothness R is in frequency bins. The op first
 * raises the strides to H/(H − R), W/(W − R), and clips them to the limits. The published code
 * writes the raised strides back into its variable. This op is pure and does not.
 *
 * With `lowerLimit` below 1 a stride may be below 1, and its axis grows: DiffStride is then a
 * learned resampling. The spectrum keeps its whole band, is multiplied by the mask, and is padded
 * with zeros to round(N/S) pixels, as by `spectralUpsample`. Beyond the band of x there is nothing
 * to mask, so the ramp stays where it is at stride 1, and its length grows with the output:
 *
 *     mask = clip(1 + S·(a − d)/R, 0, 1),  ∂mask/∂S = (a − d)/R on the ramp
 *
 * Here a is the half size at stride 1. The mask at the end of the band rises from its value at
 * stride 1 towards 1. Its gradient is exact. With `upperLimit: 1` all masks are 1, with gradient 0,
 * since the ramp then starts at the end of the band. At S = 1 the mask does not jump. The size does
 * not jump either, except that an odd width regains the column that it loses at stride 1, and a
 * hard symmetric crop of an even height regains its Nyquist row. For strides ≥ 1 all numbers are
 * the same as with `lowerLimit: 1`.
 *
 * Shapes: x `[batch, height, width, channels]`, strides `[2]` (`[S_h, S_w]`) or `[1]` (shared) →
 * `[batch, h, w, channels]`. Strides that are numbers, `[S_h, S_w]` or one for both, have no
 * gradient. For even heights and `alignment: 'published'`, `h = min(H, 2·ceil(R + a))` and
 * `w = min(2·floor(W/2), 2·ceil(R + W/(2 S_w)))`. Without cropping `h = H`, `w = 2·floor(W/2)`: an
 * odd width always loses a column, as published. Differentiable in x and in a tensor of strides.
 *
 * Small images use two small matrices, large images the FFT. `spectralPath` estimates the faster
 * one. Both give the same numbers.
 *
 * Placement: after the convolution that it downsamples, before batch norm and ReLU, as published.
 *
 * Differences from the published code: the default `norm` is the paper's `'ortho'`, and a width of
 * 1 stays 1. The published code fails there.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not finite, of a wrong
 *   shape, or smaller than 1 and lowerLimit, smoothness is negative, the limits are not
 *   1/8 <= lowerLimit <= upperLimit, no crop gives outputSize, or an option is unknown.
 */
export function diffStride(
  x: Tensor4D,
  strides: FixedStrides | Tensor1D,
  options: DiffStrideOptions = {},
): Tensor4D {
  return poolAxesAtStrides('diffStride', 2, x, strides, options, DIFF_STRIDE_CHECKS);
}

/** Strides as numbers, without a gradient. */
export type FixedStrides<R extends SpatialRank = 2> = number | Readonly<PerAxis<R>>;

/** {@link diffStride} for images of any rank: checks its arguments, and pools. */
export function poolAxesAtStrides<X extends Tensor, Options extends DiffStrideOfAxes>(
  op: string,
  rank: SpatialRank,
  x: X,
  strides: number | readonly number[] | Tensor1D,
  options: Options,
  checks: Checks<Options>,
): X {
  requireImage(op, x, rank);
  requireOptions(op, 'options', options, checks);
  const least = leastStride(options.lowerLimit);
  const isFixed = typeof strides === 'number' || Array.isArray(strides);
  const fixed = isFixed
    ? requireStrides(op, strides as number | readonly number[], rank, least)
    : null;
  if (!fixed) requireStrideTensor(op, strides as Tensor1D, rank);
  requireLimits(op, options);
  const { outputSize } = options;
  const checked = outputSize ? { ...options, outputSize: [...outputSize] } : options;
  if (fixed) {
    const known = { values: fixed, isExact: true };
    return tidy(() => poolWithStrides(op, x, tensor1d(fixed), checked, known));
  }
  const learned = strides as Tensor1D;
  if (!outputSize) {
    const values = strideValues(op, learned, rank);
    if (values.some((stride) => stride < Math.fround(least))) {
      throw new ConfigError(
        `${op}: strides must be >= ${least}, got [${values.slice(0, learned.size).join(', ')}]`,
      );
    }
  }
  return poolWithStrides(op, x, learned, checked);
}

/** {@link diffStride} for the layers. Their variable may drop below 1 before it is projected. */
export function poolWithStrides<X extends Tensor>(
  op: string,
  x: X,
  strides: Tensor1D,
  options: DiffStrideOfAxes,
  known: KnownStrides | null = null,
): X {
  const { norm = 'ortho', dataFormat = 'channelsLast', path = 'auto' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const kept = keptOf(op, image.shape.slice(1, -1), strides, options, known);
      const { growth } = kept;
      if (growth) return poolGrown(image, axesOf(strides, kept, options), growth, norm, path);
      if (path === 'auto') {
        const y = byKernel(image, strides, kept, options);
        if (y) return y;
      }
      return poolSpectrum(image, axesOf(strides, kept, options), norm, path);
    }),
  );
}

/**
 * Pools by the kernel of DiffStride, if the backend has it. A line is an image of height 1, unless
 * it is so long that the FFT is faster. Returns `null` for volumes.
 */
function byKernel<X extends Tensor>(
  x: X,
  strides: Tensor1D,
  { bands, minimum }: Kept,
  options: DiffStrideOfAxes,
): X | null {
  const { smoothness = 4, norm = 'ortho', lowerLimit = 1, upperLimit = LARGEST } = options;
  if (bands.length === 3) return null;
  const [columns, rows = ONE_PIXEL] = bands.toReversed() as [KeptBand, KeptBand?];
  const isLine = bands.length === 1;
  const [batch, channels] = [x.shape[0]!, x.shape.at(-1)!];
  const image = reshape(x, [batch, rows.inputSize, columns.inputSize, channels]) as Tensor4D;
  const size: [number, number] = [rows.outputSize, columns.outputSize];
  if (isLine && spectralPath(image.shape, size).path === 'fft') return null;
  const y = poolAtStrides(image, strides, {
    ...{ rows, columns, smoothness, norm, lowerLimit, upperLimit },
    minimum: perAxis(minimum, 2),
  });
  return y && (reshape(y, [batch, ...bands.map(({ outputSize }) => outputSize), channels]) as X);
}

/** Returns DiffStride at its current strides as constant matrices for images of one size. */
export function diffStrideMatrices(
  op: string,
  input: readonly number[],
  strides: Tensor1D,
  options: DiffStrideOfAxes,
): ComplexMatrix[] {
  return tidy(() => {
    const kept = keptOf(op, input, strides, options);
    const norm = options.norm ?? 'ortho';
    const matrices = maskedSpectrum(axesOf(strides, kept, options), norm);
    return entriesOfAxes(kept.growth ? grownMatrices(matrices, kept.growth, norm) : matrices);
  });
}
