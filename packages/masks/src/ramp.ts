import { ConfigError, requireNumber, requireTensor, SMALLEST_NORMAL } from '@ds/checks';
import { add, div, scalar, step, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { clip } from './clip.js';
import { requireBroadcast } from './require-broadcast.js';

/**
 * The ramp mask of adaptive attention span (Sukhbaatar et al. 2019, eq. 2):
 * `m(x) = clip((R + z − x)/R, 0, 1)`. DiffStride's two masks use it. It is computed as
 * `1 + (z − x)/R`, which avoids cancellation for an R much smaller than z.
 *
 * It is 1 up to the threshold z, falls linearly over the smoothness R, and is 0 beyond z + R. The
 * clip passes the gradient at exactly 0 and at exactly 1. NaN stays NaN. R = 0 is a hard crop: 1
 * for x < z and 0 otherwise, with gradient 0.
 *
 * Shapes: positions any shape, threshold a number or a tensor that broadcasts against them → their
 * broadcast shape. Positions, z and R have one unit: bins for spectra, tokens for attention.
 *
 * @throws ConfigError if positions are neither float32 nor int32, smoothness is negative or not
 *   finite, a number given as threshold is not finite, or a tensor of thresholds is not float32 or
 *   does not broadcast against the positions.
 */
export function rampMask(
  positions: Tensor,
  threshold: Tensor | number,
  smoothness: number,
): Tensor {
  requireTensor('rampMask', 'positions', positions, { dtype: 'any' });
  if (!['float32', 'int32'].includes(positions.dtype)) {
    throw new ConfigError(`rampMask: positions must be float32 or int32, got ${positions.dtype}`);
  }
  requireSmoothness('rampMask', smoothness);
  if (typeof threshold !== 'object') requireNumber('rampMask', 'threshold', threshold);
  else {
    requireTensor('rampMask', 'threshold', threshold);
    requireBroadcast('rampMask', 'threshold', threshold, 'positions', positions);
  }
  return tidy(() => {
    const z = typeof threshold === 'number' ? scalar(threshold) : threshold;
    // tfjs's step is 1 above 0, and 0 at 0. Its gradient is 0.
    if (smoothness === 0) return step(sub(z, positions));
    return clip(add(div(sub(z, positions), scalar(rampWidth(smoothness))), scalar(1)), 0, 1);
  });
}

/**
 * {@link rampMask} for numbers. Both are equal to the last bit on a backend that rounds by IEEE
 * 754. So the host can decide by the mask without reading it.
 *
 * @throws ConfigError if position or threshold is not a finite number, or smoothness is negative or
 *   not finite.
 */
export function rampValue(position: number, threshold: number, smoothness: number): number {
  requireNumber('rampValue', 'position', position);
  requireNumber('rampValue', 'threshold', threshold);
  requireSmoothness('rampValue', smoothness);
  const above = Math.fround(Math.fround(threshold) - Math.fround(position));
  if (smoothness === 0) return above > 0 ? 1 : 0;
  const slope = Math.fround(above / Math.fround(rampWidth(smoothness)));
  return Math.min(Math.max(Math.fround(1 + slope), 0), 1);
}

/** R as a float32 divisor. */
function rampWidth(smoothness: number): number {
  return Math.max(smoothness, SMALLEST_NORMAL);
}

export function requireSmoothness(op: string, smoothness: number): void {
  requireNumber(op, 'smoothness', smoothness, 0);
}
