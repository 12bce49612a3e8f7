import type { Checks } from '@ds/checks';
import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import { type FixedStrides, poolAxesAtStrides } from './diff-stride.js';
import { DIFF_STRIDE_CHECKS, type DiffStrideOptions } from './diff-stride-options.js';
import { requireSides } from './stride-values.js';

/** Options of {@link diffStride1d}. */
export interface DiffStride1dOptions
  extends Omit<DiffStrideOptions, 'dataFormat' | 'alignment' | 'outputSize'> {
  /** Output [width], for backends that cannot read the stride synchronously. */
  outputSize?: [number];
}

const { dataFormat: _dataFormat, alignment: _alignment, ...checks } = DIFF_STRIDE_CHECKS;

/** The checks of {@link DiffStride1dOptions}. */
const DIFF_STRIDE_1D_CHECKS: Checks<DiffStride1dOptions> = {
  ...checks,
  outputSize: (op, name, size) => requireSides(op, name, size, 1),
};

/**
 * DiffStride of sound and other sequences: pooling along one axis whose stride has a gradient.
 *
 * `y = irfft(crop(mask(S) · rfft(x)))`, with the mask of `diffStride` along the width:
 * `mask = clip((R + b − n)/R, 0, 1)`, `b = max(W/S, 2)/2 + 1`. The half-spectrum has no negative
 * frequencies, so there is no `alignment`.
 *
 * Shapes: x `[batch, width, channels]`, stride `[1]` or a number without a gradient →
 * `[batch, w, channels]` with `w = min(2·floor(W/2), 2·ceil(R + W/(2 S)))`. Strides are in input
 * samples per output sample, the smoothness R in frequency bins. Differentiable in x and in a
 * tensor of strides. Long signals use the FFT, others a small matrix.
 *
 * Paper: Riad et al., "Learning strides in convolutional neural networks", ICLR 2022. It pools
 * images. This is its form for one axis.
 *
 * @throws ConfigError as `diffStride` does, if x is not a float32 tensor of rank 3, or the stride
 *   has another shape than [1].
 */
export function diffStride1d(
  x: Tensor3D,
  strides: FixedStrides<1> | Tensor1D,
  options: DiffStride1dOptions = {},
): Tensor3D {
  return poolAxesAtStrides('diffStride1d', 1, x, strides, options, DIFF_STRIDE_1D_CHECKS);
}
