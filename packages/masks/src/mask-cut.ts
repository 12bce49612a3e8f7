import { requirePositive, requireTensor } from '@ds/checks';
import { scalar, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { requireBroadcast } from './require-broadcast.js';

/** T, the value below which a mask is cut to 0, as published with DNArch. */
export const THRESHOLD = 0.1;

/** 1 where x ≤ size, and 0 elsewhere, without a gradient. tfjs's step is 0 at 0. */
export function isWithin(x: Tensor, size: Tensor | number): Tensor {
  return sub(scalar(1), step(sub(x, size)));
}

/**
 * @throws ConfigError if a size is neither a positive number nor a float32 tensor that broadcasts
 *   against another tensor.
 */
export function requireMaskSize(fn: string, size: unknown, against: string, other: Tensor): void {
  if (typeof size !== 'object' || size === null) {
    requirePositive(fn, 'size', size);
    return;
  }
  requireTensor(fn, 'size', size);
  requireBroadcast(fn, 'size', size as Tensor, against, other);
}
