import type { PoolingMatrices } from '@ds/kernels';
import { clip } from '@ds/masks/ops';
import {
  add,
  minimum as lesser,
  matMul,
  mul,
  reshape,
  scalar,
  slice,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { LARGEST, type StrideLimits } from './effective-strides.js';
import { padSpectrumMatrices } from './pad-spectrum.js';
import type { Norm } from './spectral-matrices.js';

/** The smallest stride of DiffStride. An axis grows at most by its reciprocal. */
export const SMALLEST_STRIDE = 1 / 8;

/** The axes of DiffStride with a stride below 1, and their output sizes. */
export interface Growth {
  axes: [boolean, boolean];
  size: [number | null, number | null];
}

/** The options that decide about {@link Growth}. */
interface GrowthOptions extends StrideLimits {
  cropping?: boolean | undefined;
  outputSize?: [number, number] | undefined;
}

/**
 * The output [height, width] of DiffStride at stride 1 with the whole band: [H, 2·floor(W/2)]. A
 * width of 1 stays 1.
 */
export function wholeSize([height, width]: [number, number]): [number, number] {
  return [height, Math.max(1, 2 * Math.floor(width / 2))];
}

/**
 * Finds the axes that grow, or returns `null` if none does. An axis of N pixels with stride S < 1
 * gets round(N/S) pixels, and at least those of stride 1. The size of the other axis is `null`.
 * Without cropping no size changes, but the ramp is that of the stride.
 *
 * @param strides reads the strides on the host.
 */
export function growthAt(
  input: [number, number],
  strides: () => [number, number],
  { lowerLimit = 1, upperLimit = LARGEST, cropping = true, outputSize }: GrowthOptions,
): Growth | null {
  if (lowerLimit >= 1) return null;
  const whole = wholeSize(input);
  const within = (stride: number) => Math.min(Math.max(stride, lowerLimit), upperLimit);
  const given = outputSize ? null : strides().map(within);
  const grows = (axis: 0 | 1) =>
    given ? given[axis]! < 1 : cropping && outputSize![axis] > whole[axis];
  const axes: [boolean, boolean] = [grows(0), grows(1)];
  if (!axes[0] && !axes[1]) return null;
  const sizeOf = (axis: 0 | 1) => {
    if (!axes[axis]) return null;
    if (!cropping) return whole[axis];
    if (!given) return outputSize![axis];
    return Math.max(whole[axis], Math.round(input[axis] / given[axis]!));
  };
  return { axes, size: [sizeOf(0), sizeOf(1)] };
}

/**
 * The mask of an axis with a stride S < 1: `m(d) = clip((R' + a − d)/R')` with `R' = R/S` and the
 * half size a of the smallest stride ≥ 1. At S = 1 it is DiffStride's mask. R = 0 is a hard crop.
 */
export function grownMask(
  strides: Tensor1D,
  axis: 0 | 1,
  half: number,
  smoothness: number,
  { lowerLimit = 1, upperLimit = LARGEST }: StrideLimits,
): (distances: number[]) => Tensor1D {
  return (distances) =>
    tidy(() => {
      if (smoothness === 0) return tensor1d(distances.map((d) => (d < half ? 1 : 0)));
      const own = slice(strides, [Math.min(axis, strides.size - 1)], [1]);
      const stride = lesser(clip(own, lowerLimit, upperLimit), scalar(1));
      const above = tensor1d(distances.map((distance) => (half - distance) / smoothness));
      return clip(add(mul(above, reshape(stride, [1])), scalar(1)), 0, 1) as Tensor1D;
    });
}

/** Spectral upsampling after a pooling, as one set of matrices. */
export function grownMatrices(
  { rows, columns, skew }: PoolingMatrices,
  [height, width]: Growth['size'],
  norm: Norm,
): PoolingMatrices {
  return tidy(() => {
    const pooled: [number, number] = [rows.shape[0], columns.shape[0]];
    const size: [number, number] = [height ?? pooled[0], width ?? pooled[1]];
    const padding = padSpectrumMatrices(pooled, size, norm);
    const grown = (axis: 0 | 1, matrix: Tensor2D) =>
      pooled[axis] === size[axis]
        ? matrix
        : (matMul(axis === 0 ? padding.rows : padding.columns, matrix) as Tensor2D);
    return {
      rows: grown(0, rows),
      columns: grown(1, columns),
      skew: skew && {
        synthesis: grown(0, skew.synthesis),
        analysis: skew.analysis,
        columns: grown(1, skew.columns),
      },
    };
  });
}
