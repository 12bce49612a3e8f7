import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** Expects two lists of tensors to agree, relative to the largest number of each. */
export function expectEqual(made: tf.Tensor[], wanted: tf.Tensor[], tolerance: number): void {
  expect(made.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  made.forEach((tensor, at) => {
    const largest = tf.max(tf.abs(wanted[at]!)).dataSync()[0]!;
    const apart = tf.max(tf.abs(tf.sub(tensor, wanted[at]!))).dataSync()[0]!;
    expect(largest).toBeGreaterThan(0);
    expect(apart / largest).toBeLessThanOrEqual(tolerance);
  });
}
