import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { inOrder, Kernel } from '../kernel.js';
import type { ResampleAttributes } from '../resample/contract.js';

/** A frequency that a pooling keeps along one axis. */
export interface KeptFrequency {
  /** Row or column of the input's spectrum, in FFT order. */
  source: number;
  /** Row or column of the output's spectrum. */
  target: number;
  /** Distance from zero frequency, in bins, as the mask measures it. */
  distance: number;
}

/** The frequencies that a pooling keeps along one axis, with both sizes. */
export interface KeptBand {
  inputSize: number;
  outputSize: number;
  frequencies: KeptFrequency[];
}

/** All attributes of a DiffStride pooling except the values of its strides. */
export interface DiffStrideAttributes {
  rows: KeptBand;
  columns: KeptBand;
  /** R, the length of the mask's ramp in bins. 0 makes the mask a hard crop. */
  smoothness: number;
  norm: 'backward' | 'ortho' | 'forward';
  /** The smallest strides for which the kept band fits, [S_h, S_w]. */
  minimum: [number, number];
  lowerLimit: number;
  upperLimit: number;
}

/**
 * DiffStride at the values of its strides, which the backend reads:
 *
 *     y = Re(P_h · x · P_wᵀ),  P = inverse DFT · mask · DFT
 *
 * A backend that cannot read strides at once needs the matrices of {@link diffStrideMatricesKernel}
 * at these strides, as a constant. Shapes: x `[N, H, W, C]`, strides [1] or [2] → `[N, h, w, C]`.
 */
export const diffStrideKernel = /* @__PURE__ */ new Kernel<
  { x: Tensor4D; strides: Tensor1D; matrices?: Tensor1D },
  DiffStrideAttributes,
  Tensor4D
>('DiffStride', /* @__PURE__ */ inOrder('x', 'strides', 'matrices'));

/** Gradient in x without matrices: `[N, h, w, C]` → `[N, H, W, C]`. */
export const diffStrideInputGradientKernel = /* @__PURE__ */ new Kernel<
  { dy: Tensor4D; strides: Tensor1D },
  DiffStrideAttributes,
  Tensor4D
>('DiffStrideInputGrad');

/**
 * Gradient in the strides of both axes, [2]. It needs only the frequencies on the ramps of the
 * masks. `matrices` as in {@link diffStrideKernel}.
 */
export const diffStrideGradientKernel = /* @__PURE__ */ new Kernel<
  { x: Tensor4D; dy: Tensor4D; strides: Tensor1D; matrices?: Tensor1D },
  DiffStrideAttributes,
  Tensor1D
>('DiffStrideGrad');

/** The form of the matrices of {@link diffStrideMatricesKernel}, for the kernel Resample. */
export function denseForm({ rows, columns }: DiffStrideAttributes): ResampleAttributes {
  const shapeOf = ({ outputSize, inputSize }: KeptBand) => [outputSize, inputSize] as const;
  return { rows: shapeOf(rows), columns: shapeOf(columns), isDense: true, isSymmetric: false };
}

/**
 * The matrices of DiffStride, from its strides. The result holds rows, columns, skewRows and
 * skewColumns, one after the other: the `matrices` of the kernel Resample with `isDense`. Shapes:
 * strides [1] or [2] → [2·(h·H + w·W)].
 *
 *     rows[i,p]        = α Σ_k m_k cos(θ_ki − φ_kp)
 *     skewRows[i,p]    = α Σ_k m_k sin(θ_ki − φ_kp)
 *     columns[j,q]     = β Σ_l g_l m_l cos(θ_lj − φ_lq)
 *     skewColumns[j,q] = β Σ_l g_l m_l sin(θ_lj − φ_lq)
 *
 * Here θ = 2π·target·i/size and φ = 2π·source·p/input size. The mask at distance d is
 * `m = clip((R + a − d)/R)`. g_l is 2 for a column of the half-spectrum that also represents its
 * mirror image, else 1.
 */
export const diffStrideMatricesKernel = /* @__PURE__ */ new Kernel<
  { strides: Tensor1D },
  DiffStrideAttributes,
  Tensor1D
>('DiffStrideMatrices', /* @__PURE__ */ inOrder('strides'));

/** Gradient in the strides of both axes, [2], from the gradient in the matrices. */
export const diffStrideMatricesGradientKernel = /* @__PURE__ */ new Kernel<
  { strides: Tensor1D; upstream: Tensor1D },
  DiffStrideAttributes,
  Tensor1D
>('DiffStrideMatricesGrad');
