import { type Checks, numberIn, requireOptions } from '@ds/checks';
import {
  abs,
  pow,
  scalar,
  stack,
  sum,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import {
  checkPolyphaseStrides,
  largestOnly,
  mixComponents,
  polyphaseComponents,
  polyphaseStrides,
} from './polyphase.js';

/** Options of {@link apsPool}. */
export interface ApsPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | [number, number];
  /** p of the norm by which components are compared, ≥ 1. Default 2, as published. */
  order?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Adaptive polyphase sampling (Chaman & Dokmanić, "Truly shift-invariant convolutional neural
 * networks", CVPR 2021): subsampling on the grid that has the most signal.
 *
 * Of the S_h·S_w polyphase components `x_ij[p, q] = x[S_h p + i, S_w q + j]` the one with the largest
 * ℓ_p norm over pixels and channels is kept, for each image by itself; ties go to the first. A shift of
 * the image permutes the components, so the choice shifts with it. The choice has no gradient; the
 * kept pixels pass theirs.
 *
 * Where it goes: behind the ReLU or blur of the layer it downsamples (the paper's APS-2, 3 and 5 put a
 * `blurPool` of that size at stride 1 in front). Sizes that are not multiples of the stride are filled
 * up with zeros at the end.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x.
 *
 * @throws Error if x is not a float32 image of rank 4, strides are not integers ≥ 1, or order is not a
 *   finite number ≥ 1.
 */
export function apsPool(x: Tensor4D, options: ApsPoolOptions = {}): Tensor4D {
  requireImage('apsPool', x);
  requireOptions('apsPool', 'options', options, APS_CHECKS);
  const { order = 2, dataFormat = 'channelsLast' } = options;
  const strides = polyphaseStrides('apsPool', options.strides ?? 2);
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const components = polyphaseComponents(image, strides);
      return mixComponents(components, apsWeights(components, order));
    }),
  );
}

/** 1 for each image's component of the largest norm, else 0: `[batch, components]`. */
export function apsWeights(components: Tensor4D[], order: number): Tensor2D {
  const power = (component: Tensor4D) => sum(pow(abs(component), scalar(order)), [1, 2, 3]);
  return largestOnly(() => stack(components.map(power), 1));
}

/** Of {@link ApsPoolOptions}. */
export const APS_CHECKS: Checks<ApsPoolOptions> = {
  strides: checkPolyphaseStrides,
  order: numberIn(1),
  dataFormat: checkDataFormat,
};
