import { type Check, type Checks, numberIn, requireOptions } from '@ds/checks';
import {
  abs,
  div,
  fill,
  isNaN as isNotANumber,
  max,
  onesLike,
  pow,
  scalar,
  square,
  stack,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import {
  asRows,
  largestOnly,
  mixComponents,
  polyphaseComponents,
  polyphaseStrides,
} from './polyphase.js';
import type { SpatialRank } from './spatial-rank.js';

/** Options of `apsPool`. */
export interface ApsPoolOptions {
  /** p ≥ 1 of the ℓ_p norm that ranks the components. Default 2, as published. */
  order?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** Adaptive polyphase sampling of an image of a rank, with all checks. */
export function apsAxes<X extends Tensor>(
  op: string,
  rank: SpatialRank,
  x: X,
  strides: number | readonly number[],
  options: ApsPoolOptions,
): X {
  requireImage(op, x, rank);
  const each = polyphaseStrides(op, strides, rank);
  requireOptions(op, 'options', options, apsChecks(rank));
  const { order = 2, dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const components = polyphaseComponents(image, each);
      return mixComponents(components, apsChoice(components, order));
    }),
  );
}

/** The index of the component with the largest norm, for each image: `[batch]`. */
export function apsChoice(components: Tensor[], order: number): Tensor1D {
  return largestOnly(() => {
    // WebGL and WebGPU have no `where` of rank 5.
    const sizes = components.map((component) => magnitudes(asRows(component)));
    // Dividing by the largest magnitude keeps powers from overflowing and from underflowing to 0.
    const unit = max(stack(sizes.map((size) => max(size, 1, true))), 0);
    return stack(
      sizes.map((size) => sum(power(relative(size, unit), order), 1)),
      1,
    );
  });
}

/** |x|. NaN counts as infinite. */
function magnitudes(x: Tensor): Tensor {
  return where(isNotANumber(x), fill(x.shape, Number.POSITIVE_INFINITY), abs(x));
}

/**
 * size/unit, in [0, 1]. It is exactly 1 where both are equal, even if both are 0 or infinite: only
 * then is the quotient NaN. (A comparison with `equal` takes 20 times as long on wasm.)
 */
function relative(size: Tensor, unit: Tensor): Tensor {
  const quotient = div(size, unit);
  return where(isNotANumber(quotient), onesLike(quotient), quotient);
}

/** The largest exponent. It fits in float32. Powers of numbers below 1 underflow long before. */
const LARGEST_ORDER = 1e30;

function power(x: Tensor, order: number): Tensor {
  if (order === 1) return x;
  return order === 2 ? square(x) : pow(x, scalar(Math.min(order, LARGEST_ORDER)));
}

/** The checks of {@link ApsPoolOptions}. As in tfjs, one axis has no data format. */
export function apsChecks(rank: SpatialRank): Checks<ApsPoolOptions> {
  const checks: Record<string, Check> = {
    order: numberIn(1),
    ...(rank === 1 ? {} : { dataFormat: checkDataFormat }),
  };
  return checks as Checks<ApsPoolOptions>;
}
