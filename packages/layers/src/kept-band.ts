import { ConfigError, refuse } from '@ds/checks';
import type { KeptBand, KeptFrequency } from '@ds/kernels';
import { type Alignment, columnDistances, rowDistances } from '@ds/masks/ops';
import { type Reduction, requireFittingOutput } from './output-size.js';

/** A band with the mask's value at each of its frequencies. */
export interface MaskedBand extends KeptBand {
  mask: Float32Array;
}

/** Whether the frequencies at a distance are kept (mask > 0). `'all'` keeps every one. */
export type IsKept = ((distance: number) => boolean) | 'all';

/**
 * The rows that DiffStride keeps: those with mask `clip((R + a − d)/R)` > 0, where d < R + a. Their
 * number is the output height. Only this function decides it.
 */
function keptRows(height: number, isKept: IsKept, alignment: Alignment): KeptBand {
  const distances = rowDistances(height, alignment);
  const frequencies: KeptFrequency[] = [];
  distances.forEach((distance, source) => {
    if (isKept === 'all' || isKept(distance)) {
      frequencies.push({ source, target: frequencies.length, distance });
    }
  });
  return { inputSize: height, outputSize: frequencies.length, frequencies };
}

/**
 * The columns that DiffStride keeps. The output width is `2·(kept − 1)`, as the real inverse in the
 * published code has it. A width of 1 has only its mean and stays 1. The published code fails
 * there.
 */
function keptColumns(width: number, isKept: IsKept): KeptBand {
  const frequencies = columnDistances(width)
    .filter((distance) => isKept === 'all' || isKept(distance))
    .map((distance) => ({ source: distance, target: distance, distance }));
  return { inputSize: width, outputSize: Math.max(1, 2 * (frequencies.length - 1)), frequencies };
}

/**
 * The bands for which {@link keptRows} and, on the last axis, {@link keptColumns} give exactly this
 * size.
 */
export function bandsOfSize(
  op: string,
  size: readonly number[],
  input: readonly number[],
  alignment: Alignment,
): IsKept[] {
  return size.map((want, axis) => {
    const reachOf = reachOfSize(input, axis, alignment);
    const reach = reachOf(want);
    if (reach !== null) return (distance) => distance < reach;
    const nearest = nearestSizes(want, input[axis]!, (side) => reachOf(side) !== null);
    throw new ConfigError(
      `${op}: outputSize must be a size that a crop of [${input}] can give ` +
        `(nearest: ${nearest.join(' and ')}), got ${want}`,
    );
  });
}

/**
 * Returns a function from the output size of an axis to the reach that gives it, or to `null` if
 * none does. Distances are integers, and a reach lies halfway between two.
 */
function reachOfSize(
  input: readonly number[],
  axis: number,
  alignment: Alignment,
): (size: number) => number | null {
  const isLast = axis === input.length - 1;
  const side = input[axis]!;
  const distances = isLast ? columnDistances(side) : rowDistances(side, alignment);
  const sorted = distances.sort((a, b) => a - b);
  return (size) => {
    // Columns give 2·(kept − 1) pixels, or one pixel.
    const kept = !isLast ? size : size === 1 ? 1 : size / 2 + 1;
    const farthest = sorted[kept - 1];
    return farthest === undefined || farthest === sorted[kept] ? null : farthest + 0.5;
  };
}

/** The nearest possible sizes below and above a size. */
function nearestSizes(
  want: number,
  largest: number,
  isPossible: (size: number) => boolean,
): number[] {
  let [below, above] = [Math.min(want - 1, largest), want + 1];
  while (below > 0 && !isPossible(below)) below--;
  while (above <= largest && !isPossible(above)) above++;
  return [...(below > 0 ? [below] : []), ...(above <= largest ? [above] : [])];
}

/** {@link keptColumns} on the last axis, and {@link keptRows} on the others. */
export function keptAlong(
  input: readonly number[],
  axis: number,
  isKept: IsKept,
  alignment: Alignment,
): KeptBand {
  const side = input[axis]!;
  return axis === input.length - 1 ? keptColumns(side, isKept) : keptRows(side, isKept, alignment);
}

/**
 * The bands of fixed spectral pooling along all axes, by strides or for an output size:
 * {@link spectralColumns} on the last axis, and {@link spectralRows} on the others.
 *
 * @throws ConfigError if no crop of the image has this output size.
 */
export function spectralBands(
  op: string,
  sides: readonly number[],
  { strides, outputSize }: Reduction,
): KeptBand[] {
  const last = sides.length - 1;
  if (outputSize) {
    requireFittingOutput(op, outputSize, sides);
    requireSpectralSize(op, outputSize);
    return sides.map((side, axis) => {
      const band = axis === last ? halfSpectrumBand : evenBand;
      return band(side, outputSize[axis]!);
    });
  }
  return sides.map((side, axis) => {
    const band = axis === last ? spectralColumns : spectralRows;
    return band(side, strides[axis]!);
  });
}

/**
 * Checks that spectral pooling can have an output size: at least 2 along each axis, and even along
 * all axes but the last.
 */
export function requireSpectralSize(op: string, outputSize: readonly number[]): void {
  const last = outputSize.length - 1;
  if (outputSize.every((size, axis) => size >= 2 && (axis === last || size % 2 === 0))) return;
  const rule = last === 0 ? 'be >= 2' : 'be >= 2, and even along all axes but the last';
  refuse(op, 'outputSize', rule, outputSize);
}

/**
 * The rows of fixed spectral pooling (Rippel, Snoek & Adams 2015, as published with DiffStride):
 * h = floor(H/S), made even and at least 2. It keeps rows [0, h/2) and [H − h/2, H).
 */
export function spectralRows(height: number, stride: number): KeptBand {
  const reduced = reducedSize(height, stride);
  return evenBand(height, Math.max(reduced - (reduced % 2), 2));
}

/** Rows [0, n/2) and [N − n/2, N), for an even n. */
function evenBand(inputSize: number, outputSize: number): KeptBand {
  const half = outputSize / 2;
  const frequencies: KeptFrequency[] = [];
  for (let target = 0; target < outputSize; target++) {
    const source = target < half ? target : inputSize - outputSize + target;
    frequencies.push({ source, target, distance: 0 });
  }
  return { inputSize, outputSize, frequencies };
}

/**
 * The columns of fixed spectral pooling: w = floor(W/S), at least 2. It keeps columns
 * [0, floor(w/2) + 1).
 */
export function spectralColumns(width: number, stride: number): KeptBand {
  return halfSpectrumBand(width, Math.max(reducedSize(width, stride), 2));
}

/** Columns [0, floor(n/2) + 1) of the half-spectrum. */
function halfSpectrumBand(inputSize: number, outputSize: number): KeptBand {
  const kept = Math.min(Math.floor(outputSize / 2), Math.floor(inputSize / 2)) + 1;
  const frequencies = Array.from({ length: kept }, (_, column) => ({
    source: column,
    target: column,
    distance: 0,
  }));
  return { inputSize, outputSize, frequencies };
}

/**
 * The band of frequency low cut: the n = floor(N/S) central frequencies −floor(n/2) … ceil(n/2) −
 * 1. n is at least 1.
 */
export function lowCutBand(size: number, stride: number): KeptBand {
  return centralBand(size, Math.max(reducedSize(size, stride), 1));
}

/**
 * The bands of frequency low cut along all axes, by strides or for an output size.
 *
 * @throws ConfigError if the output is larger than the image.
 */
export function lowCutBands(
  op: string,
  sides: readonly number[],
  { strides, outputSize }: Reduction,
): KeptBand[] {
  if (!outputSize) return sides.map((side, axis) => lowCutBand(side, strides[axis]!));
  requireFittingOutput(op, outputSize, sides);
  return sides.map((side, axis) => centralBand(side, outputSize[axis]!));
}

/** The `outputSize` central frequencies of an axis. */
function centralBand(size: number, outputSize: number): KeptBand {
  const positive = Math.ceil(outputSize / 2);
  const frequencies = Array.from({ length: outputSize }, (_, target) => ({
    source: target < positive ? target : size - outputSize + target,
    target,
    distance: 0,
  }));
  return { inputSize: size, outputSize, frequencies };
}

/** floor(size/stride) in float32, as published. 33/1.1 gives 30 there, and 29 in float64. */
export function reducedSize(size: number, stride: number): number {
  return Math.floor(Math.fround(size / Math.fround(stride)));
}
