import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type ApsPoolOptions, apsAxes } from './aps-axes.js';

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
  strides: number | readonly [number, number] = 2,
  options: ApsPoolOptions = {},
): Tensor4D {
  return apsAxes('apsPool', 2, x, strides, options);
}
