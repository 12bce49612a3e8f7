import { SMALLEST_NORMAL } from '@ds/checks';
import type { DiffStrideAttributes, KeptBand } from './contract.js';

/** The mask of DiffStride along one axis, at known strides. */
export interface MaskedAxis {
  /** The mask of each kept frequency. */
  mask: Float64Array;
  /** The derivative of each mask value in the half size: 1/R on the ramp, else 0. */
  slope: Float64Array;
  /** The derivative of the half size in the stride. */
  halfSlope: number;
}

/**
 * Evaluates the mask of an axis, `m(d) = clip((R + a − d)/R)` with the half size `a = max(N/S,
 * 2)/2`, plus one bin for columns. All steps round to float32, as the ops of `@ds/masks` do. The
 * gradient passes the first clamp of the stride, and each clip at its ends.
 *
 * @param axis 0 for rows, 1 for columns
 */
export function maskedAxis(
  strides: ArrayLike<number>,
  axis: 0 | 1,
  { rows, columns, smoothness, minimum, lowerLimit, upperLimit }: DiffStrideAttributes,
): MaskedAxis {
  const { inputSize, frequencies } = axis === 0 ? rows : columns;
  const given = strides[Math.min(axis, strides.length - 1)]!;
  const raised = Math.fround(Math.max(given, minimum[axis]));
  const [lower, upper] = [Math.fround(lowerLimit), Math.fround(upperLimit)];
  const stride = Math.min(Math.max(raised, lower), upper);
  const isFree = raised >= lower && raised <= upper;
  const ratio = Math.fround(inputSize / stride);
  const half = Math.fround(Math.max(ratio, 2) / 2 + axis);
  const width = Math.fround(Math.max(smoothness, SMALLEST_NORMAL));
  const mask = new Float64Array(frequencies.length);
  const slope = new Float64Array(frequencies.length);
  frequencies.forEach(({ distance }, k) => {
    const above = Math.fround(half - distance);
    if (smoothness === 0) {
      mask[k] = above > 0 ? 1 : 0;
      return;
    }
    const value = Math.fround(1 + Math.fround(above / width));
    mask[k] = Math.min(Math.max(value, 0), 1);
    slope[k] = value >= 0 && value <= 1 ? 1 / width : 0;
  });
  const halfSlope = isFree && ratio >= 2 ? -inputSize / (2 * stride * stride) : 0;
  return { mask, slope, halfSlope };
}

/** The scale of an axis, α or β, for a norm of the Fourier transforms. */
export function axisFactor(
  { inputSize, outputSize }: KeptBand,
  norm: DiffStrideAttributes['norm'],
): number {
  if (norm === 'backward') return 1 / outputSize;
  return norm === 'forward' ? 1 / inputSize : 1 / Math.sqrt(inputSize * outputSize);
}

/** Bin k of an axis and its mirror image −k, as indices into the kept frequencies. */
export interface MirroredBin {
  k: number;
  positive: number | undefined;
  negative: number | undefined;
}

/**
 * Groups the kept frequencies of an axis by |k|. `source` and `target` of a frequency are the same
 * signed bin, modulo the input size and modulo the output size.
 */
export function mirroredBins({ inputSize, outputSize, frequencies }: KeptBand): MirroredBin[] {
  const bins = new Map<number, MirroredBin>();
  frequencies.forEach(({ source, target }, index) => {
    const isPositive = inputSize === outputSize ? 2 * source <= inputSize : source === target;
    const k = isPositive ? source : inputSize - source;
    const bin = bins.get(k) ?? { k, positive: undefined, negative: undefined };
    if (isPositive) bin.positive = index;
    else bin.negative = index;
    bins.set(k, bin);
  });
  return [...bins.values()];
}
