import {
  type Checks,
  ConfigError,
  numberIn,
  oneOf,
  refuse,
  requireBoolean,
  requireOptions,
} from '@ds/checks';
import { type KeptBand, type PoolingMatrices, poolAtStrides } from '@ds/kernels';
import {
  type Alignment,
  horizontalHalfSize,
  rampMask,
  rampValue,
  verticalHalfSize,
} from '@ds/masks/ops';
import { type Scalar, type Tensor1D, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import {
  effectiveStrides,
  effectiveStrideValues,
  LARGEST,
  minimumStrides,
  type StrideLimits,
} from './effective-strides.js';
import { bandOfSize, keptColumns, keptRows, type MaskedBand } from './kept-band.js';
import { padSpectrum } from './pad-spectrum.js';
import { type Norm, poolByMatrices, spectrumMatrices } from './spectral-matrices.js';
import { checkPath, poolSpectrum, type SpectralPath, spectralPath } from './spectral-path.js';
import {
  type Growth,
  grownMask,
  grownMatrices,
  growthAt,
  SMALLEST_STRIDE,
  wholeSize,
} from './stride-growth.js';
import {
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
  /** Output [height, width], for backends that cannot read the strides synchronously. */
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
 * Here a is the half size at stride 1. The mask at the end of the band rises from its value at stride
 * 1 towards 1. Its gradient is exact. At S = 1 neither the mask nor the size jumps. For strides ≥ 1
 * all numbers are the same as with `lowerLimit: 1`.
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
  requireImage('diffStride', x);
  requireOptions('diffStride', 'options', options, DIFF_STRIDE_CHECKS);
  const least = Math.min(1, options.lowerLimit ?? 1);
  const fixed = isFixed(strides) ? requireStrides('diffStride', strides, least) : null;
  if (!isFixed(strides)) requireStrideTensor('diffStride', strides);
  requireLimits('diffStride', options);
  if (isFixed(strides)) {
    const known = { values: fixed!, isExact: true };
    return tidy(() => poolWithStrides('diffStride', x, tensor1d(fixed!), options, known));
  }
  if (!options.outputSize) {
    const values = strideValues('diffStride', strides);
    if (values.some((stride) => stride < Math.fround(least))) {
      throw new ConfigError(
        `diffStride: strides must be >= ${least}, ` +
          `got [${values.slice(0, strides.size).join(', ')}]`,
      );
    }
  }
  return poolWithStrides('diffStride', x, strides, options);
}

/** Strides as numbers, without a gradient. */
type FixedStrides = number | readonly [number, number];

function isFixed(strides: FixedStrides | Tensor1D): strides is FixedStrides {
  return typeof strides === 'number' || Array.isArray(strides);
}

/** Strides on the host, for the output size only. They may be older than the tensor. */
export interface KnownStrides {
  values: [number, number];
  isExact: boolean;
}

/** {@link diffStride} for the layer. Its variable may drop below 1 before it is projected. */
export function poolWithStrides(
  op: string,
  x: Tensor4D,
  strides: Tensor1D,
  options: DiffStrideOptions,
  known: KnownStrides | null = null,
): Tensor4D {
  const { norm = 'ortho', dataFormat = 'channelsLast', path = 'auto' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const input: [number, number] = [image.shape[1], image.shape[2]];
      const kept = keptOf(op, input, strides, options, known);
      if (path === 'auto' && !kept.growth) {
        const { smoothness = 4, lowerLimit = 1, upperLimit = LARGEST } = options;
        const { rows, columns, minimum } = kept;
        const limits = { minimum, lowerLimit, upperLimit };
        const y = poolAtStrides(image, strides, { rows, columns, smoothness, norm, ...limits });
        if (y) return y;
      }
      const { rowMask, columnMask, isFlat } = masksOf(input, strides, kept, options);
      const masked = [kept.rows, kept.columns, rowMask, columnMask, norm] as const;
      if (!kept.growth) return poolSpectrum(image, ...masked, { path, isFlat });
      const size = sizeOf(kept);
      const chosen = path === 'auto' ? spectralPath(image.shape, size).path : path;
      if (chosen === 'fft') {
        return padSpectrum(poolSpectrum(image, ...masked, { path: 'fft' }), size, norm, 'fft');
      }
      const matrices = spectrumMatrices(...masked, isFlat);
      return poolByMatrices(image, grownMatrices(matrices, kept.growth.size, norm));
    }),
  );
}

/** Returns DiffStride at its current strides as constant matrices for images of one size. */
export function diffStrideMatrices(
  input: [number, number],
  strides: Tensor1D,
  options: DiffStrideOptions,
): PoolingMatrices {
  return tidy(() => {
    const kept = keptOf('diffStride', input, strides, options);
    const { rowMask, columnMask, isFlat } = masksOf(input, strides, kept, options);
    const norm = options.norm ?? 'ortho';
    const made = spectrumMatrices(kept.rows, kept.columns, rowMask, columnMask, norm, isFlat);
    return kept.growth ? grownMatrices(made, kept.growth.size, norm) : made;
  });
}

/** The kept frequencies for one image size, and the smallest strides for which they fit. */
interface Kept {
  rows: KeptBand;
  columns: KeptBand;
  /** R + a of the rows, or `null` if the strides are not known exactly. */
  reach: number | null;
  minimum: [number, number];
  /** The axes with strides below 1, or `null` if there are none. */
  growth: Growth | null;
}

function keptOf(
  op: string,
  input: [number, number],
  strides: Tensor1D,
  options: DiffStrideOptions,
  known: KnownStrides | null = null,
): Kept {
  const minimum = minimumStrides(input, options.smoothness ?? 4, strides.size === 1);
  const effective = () => {
    if (known) requireFinite(op, known.values);
    return effectiveStrideValues(known?.values ?? strideValues(op, strides), minimum, options);
  };
  const growth = growthAt(input, () => known?.values ?? strideValues(op, strides), options);
  const found = bands(
    input,
    effective,
    withoutGrowth(input, options, growth),
    known?.isExact ?? true,
  );
  return { ...found, ...wholeBands(input, found, options, growth), minimum, growth };
}

/** The options, with the size at stride 1 in place of a larger output size. */
function withoutGrowth(
  input: [number, number],
  options: DiffStrideOptions,
  growth: Growth | null,
): DiffStrideOptions {
  const { outputSize } = options;
  if (!growth || !outputSize) return options;
  const [height, width] = wholeSize(input);
  return {
    ...options,
    outputSize: [Math.min(outputSize[0], height), Math.min(outputSize[1], width)],
  };
}

/** The whole band of each axis that grows, and the kept band of the other axis. */
function wholeBands(
  input: [number, number],
  { rows, columns }: { rows: KeptBand; columns: KeptBand },
  { alignment = 'published' }: DiffStrideOptions,
  growth: Growth | null,
): { rows: KeptBand; columns: KeptBand } {
  return {
    rows: growth?.axes[0] ? keptRows(input[0], 'all', alignment) : rows,
    columns: growth?.axes[1] ? keptColumns(input[1], 'all') : columns,
  };
}

/** The output [height, width] of the kept bands. */
function sizeOf({
  rows,
  columns,
  growth,
}: Pick<Kept, 'rows' | 'columns' | 'growth'>): [number, number] {
  return [growth?.size[0] ?? rows.outputSize, growth?.size[1] ?? columns.outputSize];
}

/** The masks over the kept frequencies. They carry the strides' gradient. */
function masksOf(
  input: [number, number],
  strides: Tensor1D,
  { reach, minimum, growth }: Kept,
  options: DiffStrideOptions,
) {
  const { smoothness = 4 } = options;
  const [strideH, strideW] = effectiveStrides(strides, minimum, options);
  const maskOf = (half: Scalar) => (distances: number[]) =>
    rampMask(tensor1d(distances), half, smoothness) as Tensor1D;
  // The half sizes at the smallest strides >= 1.
  const rowHalf = halfSize(input[0], Math.max(minimum[0], 1));
  const columnHalf = columnHalfSize(input[1], Math.max(minimum[1], 1));
  const [rowsGrow, columnsGrow] = growth?.axes ?? [false, false];
  return {
    rowMask: rowsGrow
      ? grownMask(strides, 0, rowHalf, smoothness, options)
      : maskOf(verticalHalfSize(input[0], strideH)),
    columnMask: columnsGrow
      ? grownMask(strides, 1, columnHalf, smoothness, options)
      : maskOf(horizontalHalfSize(input[1], strideW)),
    isFlat: rowsGrow
      ? (distance: number) => distance < rowHalf - RAMP_MARGIN
      : flatness(reach, smoothness),
  };
}

/** The output [height, width] at given strides, which may be below 1 during training. */
export function outputSizeAt(
  input: [number, number],
  strides: [number, number],
  options: DiffStrideOptions & { sharedStride?: boolean },
): [number, number] {
  const { smoothness = 4, sharedStride = false } = options;
  const minimum = minimumStrides(input, smoothness, sharedStride);
  const effective = effectiveStrideValues(strides, minimum, options);
  const { rows, columns } = bands(input, () => effective, options);
  return sizeOf({ rows, columns, growth: growthAt(input, () => strides, options) });
}

/** The kept bands for strides on the host, with the masks as numbers. */
export function diffStrideBands(
  input: [number, number],
  strides: [number, number],
  options: DiffStrideOptions,
): { rows: MaskedBand; columns: MaskedBand } {
  const { smoothness = 4 } = options;
  const minimum = minimumStrides(input, smoothness, false);
  const [strideH, strideW] = effectiveStrideValues(strides, minimum, options);
  const { rows, columns } = bands(input, () => [strideH, strideW], options);
  const masked = (band: KeptBand, half: number): MaskedBand => ({
    ...band,
    mask: Float32Array.from(band.frequencies, ({ distance }) =>
      rampValue(distance, half, smoothness),
    ),
  });
  return {
    rows: masked(rows, halfSize(input[0], strideH)),
    columns: masked(columns, columnHalfSize(input[1], strideW)),
  };
}

/** Margin for rounding at both ends of the ramp, in bins. */
const RAMP_MARGIN = 1e-3;

/** The kept rows and columns. `reach` is R + a of the rows if the strides are known exactly. */
function bands(
  input: [number, number],
  effective: () => [number, number],
  options: DiffStrideOptions,
  isExact = true,
): { rows: KeptBand; columns: KeptBand; reach: number | null } {
  const { smoothness = 4, cropping = true, alignment = 'published', outputSize } = options;
  if (outputSize) {
    const [isRowKept, isColumnKept] = cropping
      ? bandOfSize(outputSize, input, alignment)
      : (['all', 'all'] as const);
    return {
      rows: keptRows(input[0], isRowKept, alignment),
      columns: keptColumns(input[1], isColumnKept),
      reach: null,
    };
  }
  const [strideH, strideW] = effective();
  const rowHalf = halfSize(input[0], strideH);
  const columnHalf = columnHalfSize(input[1], strideW);
  const [rowReach, columnReach] = [smoothness + rowHalf, smoothness + columnHalf];
  if (cropping) {
    const isKept = (half: number) => (distance: number) =>
      rampValue(distance, half, smoothness) > 0;
    return {
      rows: keptRows(input[0], isKept(rowHalf), alignment),
      columns: keptColumns(input[1], isKept(columnHalf)),
      reach: isExact ? rowReach : null,
    };
  }
  const beyond = isExact ? [rowReach, columnReach] : [Infinity, Infinity];
  return {
    rows: withoutZeros(keptRows(input[0], 'all', alignment), beyond[0]!),
    columns: withoutZeros(keptColumns(input[1], 'all'), beyond[1]!),
    reach: isExact ? rowReach : null,
  };
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
