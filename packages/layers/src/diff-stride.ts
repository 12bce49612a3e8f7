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
import { type Norm, spectrumMatrices } from './spectral-matrices.js';
import { checkPath, poolSpectrum, type SpectralPath } from './spectral-path.js';
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
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not finite, < 1 or of a
 *   wrong shape, smoothness is negative, the limits are not 1 <= lowerLimit <= upperLimit, or an
 *   option is unknown.
 */
export function diffStride(
  x: Tensor4D,
  strides: FixedStrides | Tensor1D,
  options: DiffStrideOptions = {},
): Tensor4D {
  requireImage('diffStride', x);
  const fixed = isFixed(strides) ? requireStrides('diffStride', strides) : null;
  if (!isFixed(strides)) requireStrideTensor('diffStride', strides);
  requireOptions('diffStride', 'options', options, DIFF_STRIDE_CHECKS);
  requireLimits('diffStride', options);
  if (isFixed(strides)) {
    const known = { values: fixed!, isExact: true };
    return tidy(() => poolWithStrides('diffStride', x, tensor1d(fixed!), options, known));
  }
  if (!options.outputSize) {
    const values = strideValues('diffStride', strides);
    if (values.some((stride) => stride < 1)) {
      throw new ConfigError(
        `diffStride: strides must be >= 1, got [${values.slice(0, strides.size).join(', ')}]`,
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
      if (path === 'auto') {
        const { smoothness = 4, lowerLimit = 1, upperLimit = LARGEST } = options;
        const { rows, columns, minimum } = kept;
        const limits = { minimum, lowerLimit, upperLimit };
        const y = poolAtStrides(image, strides, { rows, columns, smoothness, norm, ...limits });
        if (y) return y;
      }
      const { rowMask, columnMask, isFlat } = masksOf(input, strides, kept, options);
      return poolSpectrum(image, kept.rows, kept.columns, rowMask, columnMask, norm, {
        path,
        isFlat,
      });
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
    return spectrumMatrices(kept.rows, kept.columns, rowMask, columnMask, norm, isFlat);
  });
}

/** The kept frequencies for one image size, and the smallest strides for which they fit. */
interface Kept {
  rows: KeptBand;
  columns: KeptBand;
  /** R + a of the rows, or `null` if the strides are not known exactly. */
  reach: number | null;
  minimum: [number, number];
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
  return { ...bands(input, effective, options, known?.isExact ?? true), minimum };
}

/** The masks over the kept frequencies. They carry the strides' gradient. */
function masksOf(
  input: [number, number],
  strides: Tensor1D,
  { reach, minimum }: Kept,
  options: DiffStrideOptions,
) {
  const { smoothness = 4 } = options;
  const [strideH, strideW] = effectiveStrides(strides, minimum, options);
  const maskOf = (half: Scalar) => (distances: number[]) =>
    rampMask(tensor1d(distances), half, smoothness) as Tensor1D;
  return {
    rowMask: maskOf(verticalHalfSize(input[0], strideH)),
    columnMask: maskOf(horizontalHalfSize(input[1], strideW)),
    isFlat: flatness(reach, smoothness),
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
  return [rows.outputSize, columns.outputSize];
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
    if (!(Number.isFinite(limit) && (limit as number) >= 1)) refuse(op, name, 'be >= 1', limit);
  },
  upperLimit: () => {},
};

export function requireLimits(op: string, { lowerLimit = 1, upperLimit }: StrideLimits): void {
  if (upperLimit === undefined) return;
  if (typeof upperLimit !== 'number' || !(upperLimit >= lowerLimit)) {
    refuse(op, 'upperLimit', `be >= lowerLimit (${lowerLimit})`, upperLimit);
  }
}
