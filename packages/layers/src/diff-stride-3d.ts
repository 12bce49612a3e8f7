import type { Checks } from '@ds/checks';
import type { Tensor1D, Tensor5D } from '@tensorflow/tfjs-core';
import { type FixedStrides, poolAxesAtStrides } from './diff-stride.js';
import { DIFF_STRIDE_CHECKS, type DiffStrideOptions } from './diff-stride-options.js';
import { requireSides } from './stride-values.js';

/** Options of {@link diffStride3d}. */
export interface DiffStride3dOptions extends Omit<DiffStrideOptions, 'outputSize' | 'path'> {
  /** Output [depth, height, width], for backends that cannot read the strides synchronously. */
  outputSize?: [number, number, number];
}

const { path: _path, ...checks } = DIFF_STRIDE_CHECKS;

/** The checks of {@link DiffStride3dOptions}. */
const DIFF_STRIDE_3D_CHECKS: Checks<DiffStride3dOptions> = {
  ...checks,
  outputSize: (op, name, size) => requireSides(op, name, size, 3),
};

/**
 * DiffStride of video and volumes: pooling along three axes whose strides have gradients.
 *
 * `y = irfft3(crop(mask_d · mask_h · mask_w · rfft3(x)))`. The width has the mask of the columns of
 * `diffStride`, the depth and the height have that of its rows, with the chosen `alignment`. The op
 * takes the real part of the complex inverse.
 *
 * Shapes: x `[batch, depth, height, width, channels]`, strides `[3]` (`[S_d, S_h, S_w]`), `[1]`
 * (shared), or numbers without a gradient → `[batch, d, h, w, channels]`, with the sizes that
 * `diffStride` gives along its rows (d, h) and its columns (w). Strides are in input pixels per
 * output pixel, the smoothness R in frequency bins. Differentiable in x and in a tensor of strides.
 * It multiplies each axis by a small matrix.
 *
 * Paper: Riad et al., "Learning strides in convolutional neural networks", ICLR 2022. It pools
 * images. This is its form for three axes.
 *
 * @throws ConfigError as `diffStride` does, if x is not a float32 tensor of rank 5, or the strides
 *   have another shape than [3] or [1].
 */
export function diffStride3d(
  x: Tensor5D,
  strides: FixedStrides<3> | Tensor1D,
  options: DiffStride3dOptions = {},
): Tensor5D {
  return poolAxesAtStrides('diffStride3d', 3, x, strides, options, DIFF_STRIDE_3D_CHECKS);
}
