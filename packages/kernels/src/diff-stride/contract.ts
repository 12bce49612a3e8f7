import type { Tensor1D } from '@tensorflow/tfjs-core';
import { inOrder, Kernel } from '../kernel.js';

/** One frequency that a pooling keeps along one axis. */
export interface KeptFrequency {
  /** Row or column of the input's spectrum, in FFT order. */
  source: number;
  /** Row or column of the output's spectrum. */
  target: number;
  /** Distance from zero frequency as the mask measures it, in bins. */
  distance: number;
}

/** What a pooling keeps along one axis, and the size it leaves. */
export interface KeptBand {
  inputSize: number;
  outputSize: number;
  frequencies: KeptFrequency[];
}

/** Everything about a DiffStride pooling except the values of its strides. */
export interface DiffStrideAttributes {
  rows: KeptBand;
  columns: KeptBand;
  /** R, the length of the mask's ramp in bins. With 0 the mask is a hard crop. */
  smoothness: number;
  norm: 'backward' | 'ortho' | 'forward';
  /** The smallest strides at which the kept band fits, [S_h, S_w]. */
  minimum: [number, number];
  lowerLimit: number;
  upperLimit: number;
}

/**
 * The matrices of DiffStride from its strides: rows, columns, skewRows and skewColumns end to end, as
 * the kernel Resample takes them with `isDense`. Shapes: strides [1] or [2] → [2·(h·H + w·W)].
 *
 *     rows[i,p]    = α Σ_k m_k cos(θ_ki − φ_kp),      skewRows[i,p]    = α Σ_k m_k sin(θ_ki − φ_kp)
 *     columns[j,q] = β Σ_l g_l m_l cos(θ_lj − φ_lq),  skewColumns[j,q] = β Σ_l g_l m_l sin(θ_lj − φ_lq)
 *
 * with θ = 2π·target·i/size, φ = 2π·source·p/input size, the mask `m = clip((R + a − d)/R)` at
 * distance d, and g_l = 2 for a column that stands for its mirror image too.
 */
export const diffStrideMatricesKernel = new Kernel<
  { strides: Tensor1D },
  DiffStrideAttributes,
  Tensor1D
>('DiffStrideMatrices', inOrder('strides'));

/** The gradient in the strides of both axes, [2], from the gradient in the matrices. */
export const diffStrideMatricesGradientKernel = new Kernel<
  { strides: Tensor1D; upstream: Tensor1D },
  DiffStrideAttributes,
  Tensor1D
>('DiffStrideMatricesGrad');
