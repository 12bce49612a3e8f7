import { type Check, requireInteger } from '@ds/checks';
import {
  addN,
  argMax,
  cast,
  equal,
  expandDims,
  mul,
  range,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { type AxisTaps, poolByTaps } from './axis-taps.js';
import { integerStrides } from './blur-pool.js';
import { untaped } from './untaped.js';

/**
 * The S_h·S_w polyphase components `x_ij[p, q] = x[S_h p + i, S_w q + j]` of an image, in row-major order
 * of (i, j): the grids that subsampling could keep. Sizes that are not multiples of the stride are
 * filled up with zeros at the end, so that all are `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 */
export function polyphaseComponents(
  x: Tensor4D,
  [strideH, strideW]: readonly [number, number],
): Tensor4D[] {
  return Array.from({ length: strideH * strideW }, (_, index) =>
    poolByTaps(
      x,
      everyNth(x.shape[1], strideH, Math.floor(index / strideW)),
      everyNth(x.shape[2], strideW, index % strideW),
    ),
  );
}

/** Most components to choose from: each is computed. */
const MOST_COMPONENTS = 2 ** 14;

/** Integer strides of not too many components, as a pair. */
export function polyphaseStrides(
  op: string,
  strides: number | readonly number[],
): [number, number] {
  const pair = integerStrides(op, strides);
  requireInteger(op, 'strides (S_h · S_w)', pair[0] * pair[1], 1, MOST_COMPONENTS);
  return pair;
}

/** {@link polyphaseStrides} as a check of an option. */
export const checkPolyphaseStrides: Check = (op, _name, strides) =>
  polyphaseStrides(op, strides as [number, number]);

/** Output size of polyphase sampling along one axis. */
export function polyphaseSize(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

/** `y[n] = Σ_k weights[n, k] · component_k[n]`, weights `[batch, components]`. Differentiable in all. */
export function mixComponents(components: Tensor4D[], weights: Tensor2D): Tensor4D {
  const [batch] = weights.shape;
  return tidy(() => {
    const parts = components.map((component, k) =>
      mul(component, reshape(slice(weights, [0, k], [batch, 1]), [batch, 1, 1, 1])),
    );
    return addN(parts) as Tensor4D;
  });
}

/**
 * Weights that keep the component of the largest score for each image, ties to the first: scores
 * `[batch, components]` → 0 and 1 of that shape. A choice has no gradient.
 */
export function largestOnly(scores: () => Tensor): Tensor2D {
  return untaped(() => {
    const values = scores() as Tensor2D;
    const winner = expandDims(argMax(values, 1), 1);
    return cast(equal(winner, range(0, values.shape[1], 1, 'int32')), 'float32') as Tensor2D;
  });
}

/** Rows start, start + stride, …; none beyond the end. */
function everyNth(size: number, stride: number, start: number): AxisTaps[] {
  return Array.from({ length: polyphaseSize(size, stride) }, (_, output) => {
    const index = output * stride + start;
    return index < size ? [{ index, weight: 1 }] : [];
  });
}
