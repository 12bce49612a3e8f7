import { type Checks, numberIn, requireOptions } from '@ds/checks';
import {
  abs,
  div,
  equal,
  fill,
  isNaN as isNotANumber,
  max,
  onesLike,
  pow,
  reshape,
  scalar,
  square,
  stack,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { largestOnly, mixComponents, polyphaseComponents, polyphaseStrides } from './polyphase.js';

/** Options of {@link apsPool}. */
export interface ApsPoolOptions {
  /** p ≥ 1 of the ℓ_p norm that ranks the components. Default 2, as published. */
  order?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Adaptive polyphase sampling (Chaman & Dokmanić, "Truly shift-invariant convolutional neural
 * networks", CVPR 2021): subsamples each image on its grid of largest norm.
 *
 * The image has S_h·S_w polyphase components `x_ij[p, q] = x[S_h p + i, S_w q + j]`. For each image
 * the op keeps the component with the largest ℓ_p norm over pixels and channels, and the first one
 * on a tie. A shift of the image permutes the components, so the choice shifts with it. The choice
 * has no gradient. The kept pixels pass their gradient on.
 *
 * Placement: after the ReLU or the blur of the layer that it downsamples. The paper's APS-2, 3 and
 * 5 blur first: put a `blurPool` of that filter size at stride 1 before it. Sizes that are not
 * multiples of the stride are padded with zeros at the end.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not integers ≥ 1, or order
 *   is not a finite number ≥ 1.
 */
export function apsPool(
  x: Tensor4D,
  strides: number | [number, number] = 2,
  options: ApsPoolOptions = {},
): Tensor4D {
  requireImage('apsPool', x);
  const pair = polyphaseStrides('apsPool', strides);
  requireOptions('apsPool', 'options', options, APS_CHECKS);
  const { order = 2, dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const components = polyphaseComponents(image, pair);
      return mixComponents(components, apsChoice(components, order));
    }),
  );
}

/** The index of the component with the largest norm, for each image: `[batch]`. */
export function apsChoice(components: Tensor4D[], order: number): Tensor1D {
  return largestOnly(() => {
    const sizes = components.map(magnitudes);
    // Dividing by the largest magnitude keeps powers from overflowing and from underflowing to 0.
    const largest = max(stack(sizes.map((size) => max(size, [1, 2, 3]))), 0);
    const unit = reshape(largest, [-1, 1, 1, 1]);
    return stack(
      sizes.map((size) => sum(power(relative(size, unit), order), [1, 2, 3])),
      1,
    );
  });
}

/** |x|. NaN counts as infinite. */
function magnitudes(x: Tensor4D): Tensor {
  return where(isNotANumber(x), fill(x.shape, Number.POSITIVE_INFINITY), abs(x));
}

/** size/unit, in [0, 1]. It is exactly 1 where both are equal, even if both are 0 or infinite. */
function relative(size: Tensor, unit: Tensor): Tensor {
  return where(equal(size, unit), onesLike(size), div(size, unit));
}

/** The largest exponent. It fits in float32. Powers of numbers below 1 underflow long before. */
const LARGEST_ORDER = 1e30;

function power(x: Tensor, order: number): Tensor {
  if (order === 1) return x;
  return order === 2 ? square(x) : pow(x, scalar(Math.min(order, LARGEST_ORDER)));
}

/** The checks of {@link ApsPoolOptions}. */
export const APS_CHECKS: Checks<ApsPoolOptions> = {
  order: numberIn(1),
  dataFormat: checkDataFormat,
};
