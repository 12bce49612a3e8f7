import { requirePositive, requireTensor, requireThreshold } from '@ds/checks';
import {
  abs,
  div,
  exp,
  maximum,
  mul,
  scalar,
  square,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { isWithin, requireMaskSize, THRESHOLD } from './mask-cut.js';

/** Below this size, the square of a quotient could overflow, and gradients would be NaN. */
const SMALLEST = 1e-15;

/**
 * The truncated Gaussian mask of FlexConv (Romero et al. 2022) and DNArch (Romero & Zeghidour
 * 2023), for kernels whose size is learned:
 *
 *     m(x) = e^{−x²/(2σ²)} if |x| ≤ s/2, else 0,   σ = s / (2 √(−2 ln T))
 *
 * It is 1 at the centre, and the threshold T at both ends of the size s. The gradient is that of
 * the kept values. The cut itself has none.
 *
 * The papers learn σ. Here the size s is the parameter, in the units of x. Both are proportional,
 * see {@link gaussianSigma}. The comparison with s decides what is kept, so every backend keeps the
 * same values.
 *
 * Shapes: offsets x from the centre, any shape; size > 0, a number or a tensor that broadcasts
 * against them → their broadcast shape. Differentiable in both.
 *
 * @param threshold T in (0, 1). Default 0.1, as published.
 * @throws ConfigError if offsets or a tensor of sizes are not float32, their shapes do not
 *   broadcast, a number given as size is not positive, or threshold is not in (0, 1).
 */
export function gaussianMask(
  offsets: Tensor,
  size: Tensor | number,
  threshold: number = THRESHOLD,
): Tensor {
  requireTensor('gaussianMask', 'offsets', offsets);
  requireMaskSize('gaussianMask', size, 'offsets', offsets);
  requireThreshold('gaussianMask', 'threshold', threshold);
  return tidy(() => {
    const extents = mul(abs(offsets), scalar(2));
    const scale =
      typeof size === 'number' ? Math.max(size, SMALLEST) : maximum(size, scalar(SMALLEST));
    const bell = exp(mul(square(div(extents, scale)), scalar(Math.log(threshold))));
    return mul(bell, isWithin(extents, size));
  });
}

/**
 * The σ of a {@link gaussianMask} of a size: `σ = s / (2 √(−2 ln T))`.
 *
 * @param threshold T in (0, 1). Default 0.1.
 * @throws ConfigError if size is not positive, or threshold is not in (0, 1).
 */
export function gaussianSigma(size: number, threshold: number = THRESHOLD): number {
  requirePositive('gaussianSigma', 'size', size);
  requireThreshold('gaussianSigma', 'threshold', threshold);
  return size / widthOf(threshold);
}

/**
 * The size of a {@link gaussianMask} of a σ: `s = 2 σ √(−2 ln T)`, from one end to the other.
 *
 * @param threshold T in (0, 1). Default 0.1.
 * @throws ConfigError if sigma is not positive, or threshold is not in (0, 1).
 */
export function gaussianSize(sigma: number, threshold: number = THRESHOLD): number {
  requirePositive('gaussianSize', 'sigma', sigma);
  requireThreshold('gaussianSize', 'threshold', threshold);
  return sigma * widthOf(threshold);
}

/** The width of the part of a Gaussian of σ = 1 that is at least the threshold. */
function widthOf(threshold: number): number {
  return 2 * Math.sqrt(-2 * Math.log(threshold));
}
