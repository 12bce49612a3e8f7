import { ConfigError, refuse, requireTensor } from '@ds/checks';
import {
  add,
  div,
  mul,
  reshape,
  type Scalar,
  scalar,
  slice,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';

/** The strides of a layer: a tensor `[2]` or `[1]`, or a pair of numbers [S_h, S_w]. */
export type LayerStrides = Tensor1D | readonly [number, number];

/**
 * The complexity J of a network's strides (Riad et al., ICLR 2022, section 2.4):
 *
 *     J = Σ_{l=1..L} Π_{i=1..l} 1/(S_h^i · S_w^i)
 *
 * Term l is the share of the input's positions that remain after pooling layer l. The compute and
 * memory of later layers are proportional to it. J is differentiable in every given tensor.
 *
 * Shapes: one entry per pooling layer, **in network order** → a scalar. An entry is a tensor `[2]`
 * (`[S_h, S_w]`), a tensor `[1]` (shared by both axes), or a pair of numbers for a fixed stride.
 * Strides are in input pixels per output pixel.
 *
 * @throws ConfigError if the list is empty, an entry has another form, or a pair holds a number < 1.
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
      kept = div(kept, area(entry)) as Scalar;
      total = add(total, kept) as Scalar;
    }
    return total;
  });
}

/** S_h · S_w. */
function area(entry: LayerStrides): Scalar {
  if (isPair(entry)) return scalar(entry[0] * entry[1]);
  const at = (index: number) => reshape(slice(entry, [index], [1]), []) as Scalar;
  return mul(at(0), at(entry.size - 1)) as Scalar;
}

/** `Array.isArray` does not narrow a union with a readonly array. */
function isPair(entry: LayerStrides): entry is readonly [number, number] {
  return Array.isArray(entry);
}

function requireEntry(entry: LayerStrides, layer: number): void {
  if (isPair(entry)) {
    if (entry.length !== 2 || entry.some((stride) => !(Number.isFinite(stride) && stride >= 1))) {
      throw new ConfigError(
        `strideComplexity: strides[${layer}] must be two numbers >= 1, ` +
          `got [${(entry as readonly number[]).join(', ')}]`,
      );
    }
  } else {
    requireTensor('strideComplexity', `strides[${layer}]`, entry);
    if (entry.rank !== 1 || entry.size > 2) {
      throw new ConfigError(
        `strideComplexity: strides[${layer}] must have shape [2] or [1], got [${entry.shape}]`,
      );
    }
  }
}
