import {
  type Checks,
  ConfigError,
  numberIn,
  oneOf,
  refuse,
  requireBoolean,
  requireOptions,
} from '@ds/checks';
import { type ComplexMatrix, type KeptBand, poolAtStrides } from '@ds/kernels';
import {
  type Alignment,
  horizontalHalfSize,
  rampMask,
  rampValue,
  verticalHalfSize,
} from '@ds/masks/ops';
import {
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import {
  effectiveStrides,
  effectiveStrideValues,
  LARGEST,
  minimumStrides,
  type StrideLimits,
} from './effective-strides.js';
import { bandsOfSize, keptAlong, type MaskedBand } from './kept-band.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';
import { type Norm, type SpectrumAxis, spectrumOfAxes } from './spectral-matrices.js';
import {
  checkPath,
  ONE_PIXEL,
  poolSpectrum,
  type SpectralPath,
  spectralPath,
} from './spectral-path.js';
import {
  type Growth,
  grownMask,
  grownMatrices,
  growthAt,
  leastStride,
  poolGrown,
  SMALLEST_STRIDE,
  wholeSize,
} from './stride-growth.js';
import {
  perAxis,
  requireFinite,
  requireSides,
  requireStrides,
  requireStrideTensor,
  strideValues,
} from './stride-values.js';

/** Options of {@link diffStride}. */
export interface DiffStrideOptions extends StrideLimits {
  /** Width R of the mask's ramp, in frequency bins. 0 is a hard crop. Default 4. */
  smoothness?: number;
  /** Whether to crop to the kept frequencies. If false, only a low-pass filter. Default true. */
  cropping?: boolean;
  /** Row mask: `'published'` (default) as in the published code, `'symmetric'` as in eq. 3. */
  alignment?: Alignment;
  /** Scale of the transform pair. Default `'ortho'`, the paper's. Published code: `'backward'`. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
  /**
   * Output [height, width], for backends that cannot read the strides synchronously. It sets the
   * size only. Strides below 1 with the output size of stride 1 keep the form of stride 1's mask.
   * An `outputSize` above that of stride 1 takes strides ≥ 1 as 1.
   */
  outputSize?: [number, number];
  /** Algorithm: `'auto'` (default, see `spectralPath`), `'matrices'` or `'fft'`. */
  path?: 'auto' | SpectralPath;
}

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
 * crop removes it, so the output changes little when it goes.
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
 * since the ramp then starts at the end of the band. At S = 1 the mask does not jump. Nor does the
 * size, except that an odd width regains the column that it loses at stride 1, and a hard symmetric
 * crop of an even height regains its Nyquist row. For strides ≥ 1 all numbers are the same as with
 * `lowerLimit: 1`.
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
 *   1/8 <= lowerLimit <= upperLimit, or an option is unknown.
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
  const fixed = isFixed ? requireStrides(op, strides as number | number[], rank, least) : null;
  if (!fixed) requireStrideTensor(op, strides as Tensor1D, rank);
  requireLimits(op, options);
  if (fixed) {
    const known = { values: fixed, isExact: true };
    return tidy(() => poolWithStrides(op, x, tensor1d(fixed), options, known));
  }
  const learned = strides as Tensor1D;
  if (!options.outputSize) {
    const values = strideValues(op, learned, rank);
    if (values.some((stride) => stride < Math.fround(least))) {
      throw new ConfigError(
        `${op}: strides must be >= ${least}, got [${values.slice(0, learned.size).join(', ')}]`,
      );
    }
  }
  return poolWithStrides(op, x, learned, options);
}

/** {@link DiffStrideOptions} for images of any rank. */
export interface DiffStrideOfAxes extends Omit<DiffStrideOptions, 'outputSize'> {
  outputSize?: number[];
}

/** Strides on the host, one for each axis, for the output size only. They may be old. */
export interface KnownStrides {
  values: number[];
  isExact: boolean;
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
    const matrices = spectrumOfAxes(axesOf(strides, kept, options), norm);
    return kept.growth ? grownMatrices(matrices, kept.growth, norm) : matrices;
  });
}

/** The kept frequencies for one image size, and the smallest strides for which they fit. */
interface Kept {
  bands: KeptBand[];
  /** R + a of each axis, or `null` if the strides are not known exactly. */
  reaches: (number | null)[];
  minimum: number[];
  /** The sizes of the axes with strides below 1, or `null` if there are none. */
  growth: Growth | null;
}

function keptOf(
  op: string,
  input: readonly number[],
  strides: Tensor1D,
  options: DiffStrideOfAxes,
  known: KnownStrides | null = null,
): Kept {
  const rank = input.length as SpatialRank;
  const minimum = minimumStrides(input, options.smoothness ?? 4, strides.size < rank);
  const effective = () => {
    if (known) requireFinite(op, known.values);
    return effectiveStrideValues(
      known?.values ?? strideValues(op, strides, rank),
      minimum,
      options,
    );
  };
  const growth = growthAt(input, () => known?.values ?? strideValues(op, strides, rank), options);
  const fitting = growth ? withoutGrowth(input, options) : options;
  const { bands, reaches } = bandsOf(op, input, effective, fitting, known?.isExact ?? true);
  return { bands: growth ? wholeBands(bands, options, growth) : bands, reaches, minimum, growth };
}

/** The options, with the size at stride 1 in place of a larger output size. */
function withoutGrowth(input: readonly number[], options: DiffStrideOfAxes): DiffStrideOfAxes {
  const { outputSize } = options;
  if (!outputSize) return options;
  const whole = wholeSize(input);
  return { ...options, outputSize: outputSize.map((side, axis) => Math.min(side, whole[axis]!)) };
}

/** The whole band of each axis that grows, and the kept bands of the others. */
function wholeBands(
  bands: readonly KeptBand[],
  { alignment = 'published' }: DiffStrideOfAxes,
  growth: Growth,
): KeptBand[] {
  const input = bands.map(({ inputSize }) => inputSize);
  return bands.map((band, axis) =>
    growth[axis] === null ? band : keptAlong(input, axis, 'all', alignment),
  );
}

/** The bands with their masks over the kept frequencies. They carry the strides' gradient. */
function axesOf(
  strides: Tensor1D,
  { bands, reaches, minimum, growth }: Kept,
  options: DiffStrideOfAxes,
): SpectrumAxis[] {
  const { smoothness = 4, upperLimit = LARGEST } = options;
  const effective = effectiveStrides(strides, minimum, options);
  const input = bands.map(({ inputSize }) => inputSize);
  const smallest = minimum.map((stride) => Math.max(1, Math.min(stride, upperLimit)));
  return bands.map((band, axis) => {
    if (growth && growth[axis] !== null) {
      const whole = halfSizeOf(input, smallest, axis);
      return {
        band,
        mask: grownMask(strides, axis, whole, smoothness, options),
        isFlat: (distance) => distance < whole - RAMP_MARGIN,
      };
    }
    const half = axis === bands.length - 1 ? horizontalHalfSize : verticalHalfSize;
    const size = half(band.inputSize, effective[axis]!);
    return {
      band,
      mask: (distances) => rampMask(tensor1d(distances), size, smoothness) as Tensor1D,
      isFlat: flatness(reaches[axis]!, smoothness),
    };
  });
}

/** The output size at given strides, which may be below 1 during training. */
export function outputSizeAt(
  input: readonly number[],
  strides: readonly number[],
  options: DiffStrideOfAxes & { sharedStride?: boolean },
): number[] {
  const { smoothness = 4, sharedStride = false } = options;
  const minimum = minimumStrides(input, smoothness, sharedStride);
  const effective = effectiveStrideValues(strides, minimum, options);
  const { bands } = bandsOf('outputSizeAt', input, () => effective, options);
  const growth = growthAt(input, () => strides, options);
  return bands.map(({ outputSize }, axis) => growth?.[axis] ?? outputSize);
}

/** The kept bands for strides on the host, with the masks as numbers. */
export function diffStrideBands(
  input: [number, number],
  strides: [number, number],
  options: DiffStrideOptions,
): { rows: MaskedBand; columns: MaskedBand } {
  const { smoothness = 4 } = options;
  const minimum = minimumStrides(input, smoothness, false);
  const effective = effectiveStrideValues(strides, minimum, options);
  const [rows, columns] = bandsOf('diffStride', input, () => effective, options).bands.map(
    (band, axis): MaskedBand => {
      const half = halfSizeOf(input, effective, axis);
      const mask = band.frequencies.map(({ distance }) => rampValue(distance, half, smoothness));
      return { ...band, mask: Float32Array.from(mask) };
    },
  ) as [MaskedBand, MaskedBand];
  return { rows, columns };
}

/** Margin for rounding at both ends of the ramp, in bins. */
const RAMP_MARGIN = 1e-3;

/** The kept frequencies. `reaches` has R + a of each axis if the strides are known exactly. */
function bandsOf(
  op: string,
  input: readonly number[],
  effective: () => number[],
  options: DiffStrideOfAxes,
  isExact = true,
): Pick<Kept, 'bands' | 'reaches'> {
  const { smoothness = 4, cropping = true, alignment = 'published', outputSize } = options;
  if (outputSize) {
    const isKept = cropping
      ? bandsOfSize(op, outputSize, input, alignment)
      : input.map(() => 'all' as const);
    return {
      bands: isKept.map((one, axis) => keptAlong(input, axis, one, alignment)),
      reaches: input.map(() => null),
    };
  }
  const strides = effective();
  const halves = input.map((_, axis) => halfSizeOf(input, strides, axis));
  const reaches = halves.map((half) => smoothness + half);
  const bands = halves.map((half, axis) => {
    if (!cropping) {
      const band = keptAlong(input, axis, 'all', alignment);
      return isExact ? withoutZeros(band, reaches[axis]!) : band;
    }
    const isKept = (distance: number) => rampValue(distance, half, smoothness) > 0;
    return keptAlong(input, axis, isKept, alignment);
  });
  return { bands, reaches: isExact ? reaches : input.map(() => null) };
}

/** The half size of an axis: b on the last axis, and a on the others. */
function halfSizeOf(input: readonly number[], strides: readonly number[], axis: number): number {
  const half = axis === input.length - 1 ? columnHalfSize : halfSize;
  return half(input[axis]!, strides[axis]!);
}

/**
 * The half size a along one axis. It rounds to float32 as `verticalHalfSize` does, so the mask and
 * the output size agree.
 */
export function halfSize(size: number, stride: number): number {
  return Math.max(Math.fround(size / Math.fround(stride)), 2) / 2;
}

/** The half size b along the width. It rounds to float32 as `horizontalHalfSize` does. */
function columnHalfSize(size: number, stride: number): number {
  return Math.fround(halfSize(size, stride) + 1);
}

/** Drops the frequencies for which an uncropped mask is certainly 0, to save time. */
function withoutZeros(band: KeptBand, reach: number): KeptBand {
  return {
    ...band,
    frequencies: band.frequencies.filter(({ distance }) => distance <= reach + RAMP_MARGIN),
  };
}

/** Whether the mask at a distance is 1 or 0 beyond the margin, so that its gradient is 0 too. */
function flatness(reach: number | null, smoothness: number): (distance: number) => boolean {
  if (reach === null) return () => false;
  return (distance) =>
    distance < reach - smoothness - RAMP_MARGIN || distance > reach + RAMP_MARGIN;
}

const checkAlignment = oneOf('published', 'symmetric');
export const checkNorm = oneOf('backward', 'ortho', 'forward');

/** The checks of {@link DiffStrideOptions}. `requireLimits` checks the upper limit, maybe ∞. */
export const DIFF_STRIDE_CHECKS: Checks<DiffStrideOptions> = {
  smoothness: numberIn(0),
  cropping: requireBoolean,
  alignment: checkAlignment,
  norm: checkNorm,
  dataFormat: checkDataFormat,
  outputSize: requireSides,
  path: checkPath,
  lowerLimit: (op, name, limit) => {
    const isLimit = Number.isFinite(limit) && (limit as number) >= SMALLEST_STRIDE;
    if (!isLimit) refuse(op, name, `be >= ${SMALLEST_STRIDE}`, limit);
  },
  upperLimit: () => {},
};

export function requireLimits(op: string, { lowerLimit = 1, upperLimit }: StrideLimits): void {
  if (upperLimit === undefined) return;
  if (typeof upperLimit !== 'number' || !(upperLimit >= lowerLimit)) {
    refuse(op, 'upperLimit', `be >= lowerLimit (${lowerLimit})`, upperLimit);
  }
}
