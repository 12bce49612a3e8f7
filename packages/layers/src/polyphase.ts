import { type Check, requireInteger } from '@ds/checks';
import { type AxisTaps, poolByTaps } from '@ds/kernels';
import {
  addN,
  argMax,
  customGrad,
  equal,
  fill,
  isNaN as isNotANumber,
  mul,
  reshape,
  scalar,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { integerStrides } from './blur-pool.js';
import { untaped } from './untaped.js';

/**
 * The S_h·S_w polyphase components `x_ij[p, q] = x[S_h p + i, S_w q + j]` of an image, in row-major
 * order of (i, j). These are all the grids for subsampling. Sizes that are not multiples of the
 * stride are padded with zeros at the end, so every component has shape
 * `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
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

/** The largest number of components. Every component is computed. */
const MOST_COMPONENTS = 2 ** 14;

/** Checks that strides are integers with few enough components, and returns the pair. */
export function polyphaseStrides(
  op: string,
  strides: number | readonly number[],
): [number, number] {
  const pair = integerStrides(op, strides);
  requireInteger(op, 'strides (S_h · S_w)', pair[0] * pair[1], 1, MOST_COMPONENTS);
  return pair;
}

/** {@link polyphaseStrides} as the check of an option. */
export const checkPolyphaseStrides: Check = (op, _name, strides) =>
  polyphaseStrides(op, strides as [number, number]);

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

/**
 * The kept component `y[n] = component_{winner[n]}[n]`, or the sum
 * `Σ_k weights[n, k] · component_k[n]`, or the sum
 * `y[n, …, c] = Σ_k weights[n, c, k] · component_k[n, …, c]`. Differentiable in components and
 * weights.
 */
export function mixComponents(components: Tensor4D[], mixture: Mixture): Tensor4D {
  return tidy(() =>
    mixture.rank === 1
      ? kept(components, mixture as Tensor1D)
      : weighted(components, mixture as Tensor2D | Tensor3D),
  );
}

function weighted(components: Tensor4D[], weights: Tensor2D | Tensor3D): Tensor4D {
  const [batch, ...channels] = weights.shape.slice(0, -1) as [number, ...number[]];
  const parts = components.map((component, k) => {
    const begin = [...weights.shape.map(() => 0).slice(1), k];
    const share = slice(weights as Tensor, begin, [batch, ...channels, 1]);
    return mul(component, reshape(share, [batch, 1, 1, ...(channels.length ? channels : [1])]));
  });
  return addN(parts) as Tensor4D;
}

/** Selects with `where`. A product with weights 0 and 1 would spread ∞ and NaN. */
function kept(components: Tensor4D[], winner: Tensor1D): Tensor4D {
  if (components.length === 1) return components[0]!;
  const is = (chosen: Tensor, k: number) =>
    reshape(equal(chosen, scalar(k, 'int32')), [-1, 1, 1, 1]);
  const op = customGrad((...args) => {
    const given = args.slice(0, components.length) as Tensor[];
    const save = args[components.length] as unknown as (tensors: Tensor[]) => void;
    save([winner]);
    return {
      value: given.reduce((y, component, k) => where(is(winner, k), component, y)),
      gradFunc: (dy, [chosen]) => {
        const upstream = dy as Tensor;
        return given.map((_, k) => where(is(chosen!, k), upstream, zerosLike(upstream)));
      },
    };
  });
  return op(...components) as Tensor4D;
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
