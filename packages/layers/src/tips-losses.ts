import { integerIn, requireNumbers, requireTensor } from '@ds/checks';
import { type AxisTaps, poolByTaps, untaped } from '@ds/kernels';
import {
  mean,
  type Scalar,
  scalar,
  sqrt,
  square,
  squaredDifference,
  sub,
  sum,
  type Tensor3D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { requireImage } from './data-format.js';
import { requireKernel, tipsFeatures } from './tips-pool.js';

/**
 * The first regularizer of TIPS, L_FM (Saha & Gokhale, WACV 2025), as the published code computes
 * it:
 *
 *     L_FM = mean over images and channels of (1 − ‖τ‖₂)
 *
 * It is largest, 1 − 1/√K, for K equal weights, which are an average pooling. It is 0 if one weight
 * is 1, which is a fixed subsampling. The paper wants to avoid both. This term alone only avoids
 * equal weights, so use it with a small factor.
 *
 * Shapes: weights `[batch, channels, K]`, those of `tipsWeights` → a scalar. Differentiable.
 *
 * @throws ConfigError if weights are not a float32 tensor of rank 3.
 */
export function tipsMixingLoss(weights: Tensor3D): Scalar {
  requireTensor('tipsMixingLoss', 'weights', weights, {
    rank: 3,
    axes: '[batch, channels, components]',
  });
  return tidy(() => sub(scalar(1), mean(sqrt(sum(square(weights), 2)))) as Scalar);
}

/**
 * The second regularizer of TIPS, L_undo (Saha & Gokhale, WACV 2025):
 *
 *     L_undo = mean of (ψ(x) − T(x))²
 *
 * ψ are the features from which `tipsPool` takes its weights, and T shifts the image by whole
 * pixels. Zeros enter at its border, and pixels that leave it are lost. The shift is drawn again in
 * each step of a training. The target T(x) is a constant: only ψ has a gradient. In the published
 * code the target has one too, because the result of `detach` is not used.
 *
 * Shapes: x `[batch, height, width, channels]`, kernel `[3, 3, channels, 1]` → a scalar.
 * `shift` is [down, right] in pixels. Differentiable in x and in the kernel.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, the kernel does not fit its channels,
 *   or shift is not two integers.
 */
export function tipsUndoLoss(x: Tensor4D, kernel: Tensor4D, shift: [number, number]): Scalar {
  requireImage('tipsUndoLoss', x);
  requireKernel('tipsUndoLoss', 'kernel', kernel, x.shape[3]);
  requireNumbers('tipsUndoLoss', 'shift', shift, 2, integerIn(-FARTHEST, FARTHEST));
  return tidy(() => undoLoss(x, tipsFeatures(x, [1, 1], kernel), shift));
}

/** The largest shift, in pixels. No image is larger. */
const FARTHEST = 2 ** 20;

/** {@link tipsUndoLoss} from the features. They may have more rows and columns than the image. */
export function undoLoss(x: Tensor4D, features: Tensor4D, shift: [number, number]): Scalar {
  const [, height, width] = features.shape;
  const target = untaped(() =>
    poolByTaps(
      x,
      shiftedTaps(height, x.shape[1], shift[0]),
      shiftedTaps(width, x.shape[2], shift[1]),
    ),
  );
  return mean(squaredDifference(features, target)) as Scalar;
}

/** Taps that shift an axis, with zeros where no pixel comes from. */
function shiftedTaps(outputs: number, size: number, shift: number): AxisTaps[] {
  return Array.from({ length: outputs }, (_, at) => {
    const index = at - shift;
    return index >= 0 && index < size ? [{ index, weight: 1 }] : [];
  });
}
