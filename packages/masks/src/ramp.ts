import { requireNumber, requireTensor } from '@ds/checks';
import { add, clipByValue, mul, scalar, step, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * The ramp mask of adaptive attention span (Sukhbaatar et al. 2019, eq. 2), from which DiffStride's
 * two masks are made: `m(x) = clip((R + z − x)/R, 0, 1)`.
 *
 * It is 1 up to the threshold z, falls linearly over the smoothness R, and is 0 beyond z + R. The
 * clip passes the gradient at exactly 0 and at exactly 1. R = 0 is the hard crop, 1 where x < z and
 * 0 elsewhere, whose gradient is zero.
 *
 * Shapes: positions any shape, threshold a number or a tensor that broadcasts against them → their
 * broadcast shape. Positions, z and R have one unit: bins for spectra, tokens for attention.
 *
 * @throws Error if smoothness is negative or not finite, or a number given as threshold is NaN.
 */
export function rampMask(
  positions: Tensor,
  threshold: Tensor | number,
  smoothness: number,
): Tensor {
  requireTensor('rampMask', 'positions', positions, { dtype: 'any' });
  requireSmoothness('rampMask', smoothness);
  if (typeof threshold !== 'object') requireNumber('rampMask', 'threshold', threshold);
  else requireTensor('rampMask', 'threshold', threshold);
  return tidy(() => {
    const z = typeof threshold === 'number' ? scalar(threshold) : threshold;
    // tfjs's step is 1 above 0 and 0 at it, with a gradient of zero.
    if (smoothness === 0) return step(sub(z, positions));
    const distance = sub(add(z, scalar(smoothness)), positions);
    return clipByValue(mul(distance, scalar(1 / smoothness)), 0, 1);
  });
}

export function requireSmoothness(op: string, smoothness: number): void {
  requireNumber(op, 'smoothness', smoothness, 0);
}
