import { refuse, requirePositive, requireTensor } from '@ds/checks';
import { scalar, step, sub, type Tensor } from '@tensorflow/tfjs-core';

/** T, the value below which a mask is cut to 0, as published with DNArch. */
export const THRESHOLD = 0.1;

/** 1 where x ≤ size, and 0 elsewhere, without a gradient. tfjs's step is 0 at 0. */
export function isWithin(x: Tensor, size: Tensor | number): Tensor {
  return sub(scalar(1), step(sub(x, size)));
}

/** @throws ConfigError if a size is neither a float32 tensor nor a positive number. */
export function requireMaskSize(fn: string, size: unknown): void {
  if (typeof size === 'object' && size !== null) requireTensor(fn, 'size', size);
  else requirePositive(fn, 'size', size);
}

/** @throws ConfigError if a threshold is not a number between 0 and 1. */
export function requireThreshold(fn: string, name: string, threshold: unknown): void {
  const isInside = typeof threshold === 'number' && threshold > 0 && threshold < 1;
  if (!isInside) refuse(fn, name, 'be a number above 0 and below 1', threshold);
}
