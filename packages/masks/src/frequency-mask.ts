import { ConfigError, oneOf, requireOptions, requireSize, requireTensor } from '@ds/checks';
import {
  add,
  div,
  maximum,
  mul,
  reshape,
  type Scalar,
  scalar,
  type Tensor1D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { rampMask, requireSmoothness } from './ramp.js';

/**
 * The distance of row frequencies from zero. `'symmetric'` is |k|, as in the paper's eq. (3).
 * `'published'` follows the published code, which shifts rows by one: see {@link rowDistances}.
 */
export type Alignment = 'published' | 'symmetric';

/**
 * The mask over the rows of a spectrum, in FFT row order (0, 1, …, −2, −1), differentiable in the
 * stride: `clip((R + a − d)/R, 0, 1)` with half-size `a = max(H/S, 2)/2` (DiffStride eq. 3).
 *
 * Shapes: stride a scalar tensor (input pixels per output pixel, ≥ 1) → `[height]`. The gradient is
 * `−(H/2)/(R S²)` on the ramp, and 0 if H/S < 2.
 *
 * @throws ConfigError if height is not an integer ≥ 1, stride is not a scalar, smoothness is
 *   negative, or the alignment is unknown.
 */
export function verticalMask(
  height: number,
  stride: Scalar,
  smoothness: number,
  options: { alignment?: Alignment } = {},
): Tensor1D {
  requireMaskArguments('verticalMask', 'height', height, stride, smoothness);
  requireOptions('verticalMask', 'options', options, { alignment: requireAlignment });
  const distances = rowDistances(height, options.alignment ?? 'published');
  return tidy(() =>
    rampMask(tensor1d(distances), verticalHalfSize(height, stride), smoothness),
  ) as Tensor1D;
}

/**
 * The mask over the `floor(W/2)+1` columns of a half-spectrum, differentiable in the stride:
 * `clip((R + b − n)/R, 0, 1)` with `b = max(W/S, 2)/2 + 1` (DiffStride eq. 4, including its + 1).
 *
 * Shapes: stride a scalar tensor → `[floor(width/2)+1]`.
 *
 * @throws ConfigError if width is not an integer ≥ 1, stride is not a scalar, or smoothness is
 *   negative.
 */
export function horizontalMask(width: number, stride: Scalar, smoothness: number): Tensor1D {
  requireMaskArguments('horizontalMask', 'width', width, stride, smoothness);
  return tidy(() =>
    rampMask(tensor1d(columnDistances(width)), horizontalHalfSize(width, stride), smoothness),
  ) as Tensor1D;
}

/** `a = max(H/S, 2)/2`, in bins. The gradient passes at H/S = 2 and is 0 below. */
export function verticalHalfSize(height: number, stride: Scalar): Scalar {
  requireStride('verticalHalfSize', 'height', height, stride);
  return tidy(() => {
    const ratio = div(scalar(height), reshape(stride, []));
    return mul(maximum(ratio, scalar(2)), scalar(0.5)) as Scalar;
  });
}

/** `b = max(W/S, 2)/2 + 1`, in bins. */
export function horizontalHalfSize(width: number, stride: Scalar): Scalar {
  requireStride('horizontalHalfSize', 'width', width, stride);
  return tidy(() => add(verticalHalfSize(width, stride), scalar(1)) as Scalar);
}

/**
 * The distance of each row of a spectrum from zero frequency, in FFT row order.
 *
 * Symmetric: |k|. Published, even H: frequency k ≥ 0 gets k, and −k gets k − 1, so rows 0 and −1
 * are both at 0. Published, odd H: frequency k ≥ 0 gets k + 1, and −k gets k − 1, because the
 * published code calls `fftshift` instead of its inverse.
 */
export function rowDistances(height: number, alignment: Alignment): number[] {
  requireSize('rowDistances', 'height', height);
  requireAlignment('rowDistances', 'alignment', alignment);
  const positive = Math.ceil(height / 2); // number of rows with frequency ≥ 0, without −H/2
  switch (alignment) {
    case 'symmetric':
      return Array.from({ length: height }, (_, row) => Math.min(row, height - row));
    case 'published': {
      const offset = height % 2;
      // Odd H: the middle row (k = (H−1)/2) already falls.
      const rising = offset ? positive - 1 : positive;
      return Array.from({ length: height }, (_, row) =>
        row < rising ? row + offset : height - 1 - row,
      );
    }
  }
}

/** The distance of each column of a half-spectrum from zero frequency, which is its index. */
export function columnDistances(width: number): number[] {
  requireSize('columnDistances', 'width', width);
  return Array.from({ length: Math.floor(width / 2) + 1 }, (_, column) => column);
}

const requireAlignment = oneOf('published', 'symmetric');

function requireStride(op: string, name: string, size: number, stride: Scalar): void {
  requireSize(op, name, size);
  requireTensor(op, 'stride', stride);
  if (stride.size !== 1) {
    throw new ConfigError(`${op}: stride must be a scalar, got shape [${stride.shape}]`);
  }
}

function requireMaskArguments(
  op: string,
  name: string,
  size: number,
  stride: Scalar,
  smoothness: number,
): void {
  requireStride(op, name, size, stride);
  requireSmoothness(op, smoothness);
}
