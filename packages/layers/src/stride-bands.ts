import { type KeptBand, RAMP_MARGIN } from '@ds/kernels';
import { horizontalHalfSize, rampMask, rampValue, verticalHalfSize } from '@ds/masks/ops';
import { type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import type { DiffStrideOfAxes, DiffStrideOptions, KnownStrides } from './diff-stride-options.js';
import {
  effectiveStrides,
  effectiveStrideValues,
  LARGEST,
  minimumStrides,
} from './effective-strides.js';
import { bandsOfSize, keptAlong, type MaskedBand } from './kept-band.js';
import { requireUncroppedOutput } from './output-size.js';
import type { SpatialRank } from './spatial-rank.js';
import type { SpectrumAxis } from './spectral-matrices.js';
import { type Growth, grownMask, growthAt, wholeSize } from './stride-growth.js';
import { requireFinite, strideValues } from './stride-values.js';

/** The kept frequencies for one image size, and the smallest strides for which they fit. */
export interface Kept {
  bands: KeptBand[];
  /** R + a of each axis, or `null` if the strides are not known exactly. */
  reaches: (number | null)[];
  minimum: number[];
  /** The sizes of the axes with strides below 1, or `null` if there are none. */
  growth: Growth | null;
}

/** The kept frequencies at the strides of a tensor, or at those known on the host. */
export function keptOf(
  op: string,
  input: readonly number[],
  strides: Tensor1D,
  options: DiffStrideOfAxes,
  known: KnownStrides | null = null,
): Kept {
  const { cropping = true, outputSize } = options;
  if (outputSize && !cropping) requireUncroppedOutput(op, outputSize, wholeSize(input));
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
export function axesOf(
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
    const maskAt = (distances: Tensor1D) => rampMask(distances, size, smoothness) as Tensor1D;
    const isKnown = reaches[axis] !== null;
    return {
      band,
      mask: (distances) => maskAt(tensor1d(distances)),
      isFlat: flatness(reaches[axis]!, smoothness),
      ...(!isKnown && { window: { start: size, length: smoothness, maskAt } }),
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
