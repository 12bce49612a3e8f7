import { type Check, requireInteger } from '@ds/checks';
import { type AxisTaps, poolAxesByTaps, untaped } from '@ds/kernels';
import {
  add,
  addN,
  argMax,
  cast,
  concat,
  customGrad,
  equal,
  fill,
  gather,
  isNaN as isNotANumber,
  mul,
  oneHot,
  ones,
  range,
  reshape,
  scalar,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { integerStrides } from './integer-strides.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';

/**
 * The S_h·S_w polyphase components `x_ij[p, q] = x[S_h p + i, S_w q + j]` of an image, in row-major
 * order of (i, j). These are all the grids for subsampling. Sizes that are not multiples of the
 * stride are padded with zeros at the end, so every component has shape
 * `[batch, ceil(H/S_h), ceil(W/S_w), channels]`. The same holds for one or three axes, with one
 * stride for each.
 */
export function polyphaseComponents<X extends Tensor>(x: X, strides: readonly number[]): X[] {
  return gridStarts(strides).map((starts) =>
    poolAxesByTaps(
      x,
      starts.map((start, axis) => everyNth(x.shape[axis + 1]!, strides[axis]!, start)),
    ),
  );
}

/** The first pixel of each grid, in row-major order. */
function gridStarts(strides: readonly number[]): number[][] {
  return strides.reduce<number[][]>(
    (grids, stride) =>
      grids.flatMap((starts) => Array.from({ length: stride }, (_, start) => [...starts, start])),
    [[]],
  );
}

/** The largest number of components. Every component is computed. */
const MOST_COMPONENTS = 2 ** 14;

/** Checks that strides are integers with few enough components, and returns one for each axis. */
export function polyphaseStrides<R extends SpatialRank = 2>(
  op: string,
  strides: number | readonly number[],
  rank: R = 2 as R,
): PerAxis<R> {
  const each = integerStrides(op, strides, rank);
  const components = each.reduce((product, stride) => product * stride, 1);
  requireInteger(op, 'strides (their product)', components, 1, MOST_COMPONENTS);
  return each;
}

/** {@link polyphaseStrides} as the check of an option. */
export function checkPolyphaseStrides(rank: SpatialRank): Check {
  return (op, _name, strides) => {
    polyphaseStrides(op, strides as number[], rank);
  };
}

/** Output size of polyphase sampling along one axis. */
export function polyphaseSize(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

/**
 * The choice among the components of each image: the index of the kept one, int32 `[batch]`, or a
 * weight for each, `[batch, components]`, or a weight for each and each channel,
 * `[batch, channels, components]`.
 */
export type Mixture = Tensor1D | Tensor2D | Tensor3D;

/** A choice as weights: `[batch, components]`. The weight of a kept component is 1. */
export function choiceWeights(mixture: Tensor1D | Tensor2D, components: number): Tensor2D {
  if (mixture.rank === 2) return mixture as Tensor2D;
  // tfjs's oneHot refuses a depth of 1.
  if (components === 1) return ones([mixture.size, 1]);
  // tfjs's wasm backend writes integers into a float32 result of oneHot.
  return tidy(() => cast(oneHot(mixture as Tensor1D, components), 'float32') as Tensor2D);
}

/**
 * The kept component `y[n] = component_{winner[n]}[n]`, or the sum
 * `Σ_k weights[n, k] · component_k[n]`, or the sum
 * `y[n, …, c] = Σ_k weights[n, c, k] · component_k[n, …, c]`. Differentiable in components and
 * weights.
 */
export function mixComponents<X extends Tensor>(components: X[], mixture: Mixture): X {
  return tidy(() =>
    mixture.rank === 1
      ? kept(components, mixture as Tensor1D)
      : weighted(components, mixture as Tensor2D | Tensor3D),
  );
}

function weighted<X extends Tensor>(components: X[], weights: Tensor2D | Tensor3D): X {
  const [batch, ...channels] = weights.shape.slice(0, -1) as [number, ...number[]];
  const parts = components.map((component, k) => {
    const begin = [...weights.shape.map(() => 0).slice(1), k];
    const share = slice(weights as Tensor, begin, [batch, ...channels, 1]);
    // One value for each image, or for each of its channels.
    const ones = Array<number>(component.rank - 2).fill(1);
    return mul(component, reshape(share, [batch, ...ones, ...(channels.length ? channels : [1])]));
  });
  return addN(parts) as X;
}

/** An image as a row: `[batch, values]`. */
export function asRows(x: Tensor): Tensor2D {
  const batch = x.shape[0]!;
  return reshape(x, [batch, batch === 0 ? 0 : x.size / batch]);
}

/**
 * Copies whole rows, one for each image. A product with weights 0 and 1 would spread ∞ and NaN, and
 * `where` repeats its condition for every value, which takes most of the time on wasm.
 */
function kept<X extends Tensor>(components: X[], winner: Tensor1D): X {
  if (components.length === 1) return components[0]!;
  const { shape } = components[0]!;
  const batch = shape[0]!;
  if (batch === 0) return components[0]!;
  const images = () => range(0, batch, 1, 'int32');
  const op = customGrad((...args) => {
    const given = args.slice(0, components.length) as Tensor[];
    const save = args[components.length] as unknown as (tensors: Tensor[]) => void;
    save([winner]);
    const rows = add(mul(winner, scalar(batch, 'int32')), images()) as Tensor1D;
    return {
      value: gather(concat(given), rows),
      gradFunc: (dy, [chosen]) => {
        // Images that chose another component get the row of zeros at the end.
        const upstream = dy as Tensor2D;
        const padded = concat([upstream, zeros([1, upstream.shape[1]])]);
        const none = fill([batch], batch, 'int32');
        return given.map((_, k) =>
          gather(padded, where(equal(chosen!, scalar(k, 'int32')), images(), none)),
        );
      },
    };
  });
  return reshape(op(...components.map(asRows)), shape) as X;
}

/**
 * The index of the component with the largest score for each image, and of the first one on a tie:
 * scores `[batch, components]` → `[batch]`. NaN counts as infinite. The choice has no gradient.
 */
export function largestOnly(scores: () => Tensor): Tensor1D {
  return untaped(() => {
    const values = scores() as Tensor2D;
    const infinite = fill(values.shape, Number.POSITIVE_INFINITY);
    return argMax(where(isNotANumber(values), infinite, values), 1) as Tensor1D;
  });
}

/** Taps at rows start, start + stride, …. There are none beyond the end. */
function everyNth(size: number, stride: number, start: number): AxisTaps[] {
  return Array.from({ length: polyphaseSize(size, stride) }, (_, output) => {
    const index = output * stride + start;
    return index < size ? [{ index, weight: 1 }] : [];
  });
}
