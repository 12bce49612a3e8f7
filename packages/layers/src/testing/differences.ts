import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { valuesOf } from './slopes.js';

/** Relative tolerance between backends, which add float32 numbers in another order. */
export const FLOAT32_TOLERANCE = 1e-4;

/** The relative difference of two tensors of one shape. */
export function relativeDifference(got: Tensor, want: Tensor): number {
  expect(got.shape).toEqual(want.shape);
  return relativeL2(valuesOf(got), valuesOf(want));
}

/** ‖got − want‖ / ‖want‖ in float64, or ‖got‖ if `want` is 0. */
export function relativeL2(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < want.length; i++) {
    difference += (got[i]! - want[i]!) ** 2;
    norm += want[i]! ** 2;
  }
  return Math.sqrt(difference / (norm || 1));
}
