import { ConfigError, refuse, requireList, requireTensor } from '@ds/checks';
import {
  add,
  div,
  mul,
  reshape,
  type Scalar,
  scalar,
  slice,
  Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * Learned strides of any rank: their tensor, one value for each axis or one for all, and their
 * present values, one for each axis. The entries of `strideVariables` of `@ds/models` have this
 * form. Only the number of `strides` matters.
 */
export interface LearnedStrides {
  variable: Tensor1D;
  strides: readonly number[];
}

/**
 * The strides of a layer: a tensor with one value for each axis, numbers for fixed strides, or
 * {@link LearnedStrides}. A tensor `[1]` alone is shared by the two axes of an image.
 */
export type LayerStrides = Tensor1D | readonly number[] | LearnedStrides;

/**
 * The complexity J of a network's strides (Riad et al., ICLR 2022, section 2.4):
 *
 *     J = Σ_{l=1..L} Π_{i=1..l} 1/(S_h^i · S_w^i)
 *
 * Term l is the share of the input's positions that the strides alone would leave after pooling
 * layer l. The compute and memory of later layers are roughly proportional to it. The maps of
 * DiffStride are larger, by its ramp. J is differentiable in every given tensor. For
 * sound and video the product is over their one or three axes; the paper has images only.
 *
 * Shapes: one entry per pooling layer, **in network order** → a scalar. An entry is a tensor `[2]`
 * (`[S_h, S_w]`), a tensor `[1]` (shared by both axes), or numbers for fixed strides. It may have
 * three axes, `[S_d, S_h, S_w]`. An entry of `strideVariables` of `@ds/models` has the axes of its
 * layer. Strides are in input pixels per output pixel.
 *
 * @throws ConfigError if the list is empty, an entry has another form, a number is < 1, or the
 *   product of an entry's numbers is not finite in float32.
 */
export function strideComplexity(strides: readonly LayerStrides[]): Scalar {
  if (!Array.isArray(strides) || strides.length === 0) {
    refuse('strideComplexity', 'strides', 'be a list of at least one layer', strides);
  }
  for (const [layer, entry] of strides.entries()) requireEntry(entry, layer);
  return tidy(() => {
    let kept: Scalar = scalar(1);
    let total: Scalar = scalar(0);
    for (const entry of strides) {
      kept = div(kept, reductionOf(entry)) as Scalar;
      total = add(total, kept) as Scalar;
    }
    return total;
  });
}

/** The product of the strides over all axes: S_h · S_w for images. */
function reductionOf(entry: LayerStrides): Scalar {
  if (isNumbers(entry)) return scalar(entry.reduce((product, stride) => product * stride, 1));
  const { variable, axes } = learnedOf(entry);
  const at = (axis: number) =>
    reshape(slice(variable, [Math.min(axis, variable.size - 1)], [1]), []) as Scalar;
  let product = at(0);
  for (let axis = 1; axis < axes; axis++) product = mul(product, at(axis)) as Scalar;
  return product;
}

/** The tensor of learned strides, and the number of their axes. */
function learnedOf(entry: Tensor1D | LearnedStrides): { variable: Tensor1D; axes: number } {
  return isLearned(entry)
    ? { variable: entry.variable, axes: entry.strides.length }
    : { variable: entry, axes: Math.max(entry.size, 2) };
}

function isLearned(entry: Tensor1D | LearnedStrides): entry is LearnedStrides {
  return !(entry instanceof Tensor) && entry.variable !== undefined;
}

/** `Array.isArray` does not narrow a union with a readonly array. */
function isNumbers(entry: LayerStrides): entry is readonly number[] {
  return Array.isArray(entry);
}

function requireEntry(entry: LayerStrides, layer: number): void {
  const name = `strides[${layer}]`;
  if (isNumbers(entry)) {
    const isStride = (stride: number) => Number.isFinite(stride) && stride >= 1;
    if (entry.length < 1 || entry.length > 3 || !entry.every(isStride)) {
      throw new ConfigError(
        `strideComplexity: ${name} must be one to three numbers >= 1, got [${entry.join(', ')}]`,
      );
    }
    const product = entry.reduce((before, stride) => before * stride, 1);
    if (!Number.isFinite(Math.fround(product))) {
      refuse('strideComplexity', name, 'have a product that is finite in float32', entry);
    }
    return;
  }
  if (entry !== null && typeof entry === 'object' && isLearned(entry)) {
    const { variable, strides } = entry;
    requireTensor('strideComplexity', `${name}.variable`, variable);
    requireList('strideComplexity', `${name}.strides`, strides);
    if (strides.length < 1 || strides.length > 3) {
      refuse('strideComplexity', `${name}.strides`, 'have one to three entries', strides);
    }
    if (variable.rank === 1 && [1, strides.length].includes(variable.size)) return;
    throw new ConfigError(
      `strideComplexity: ${name}.variable must have shape [${strides.length}] or [1], ` +
        `got [${variable.shape}]`,
    );
  }
  requireTensor('strideComplexity', name, entry);
  if (entry.rank !== 1 || entry.size > 3) {
    throw new ConfigError(
      `strideComplexity: ${name} must have shape [3], [2] or [1], got [${entry.shape}]`,
    );
  }
}
