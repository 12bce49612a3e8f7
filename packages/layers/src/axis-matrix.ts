import { type Tensor2D, type Tensor4D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { resample } from './resample.js';

/** One output of a linear pooling along an axis: which inputs it sums, with which weights. */
export type AxisTaps = { index: number; weight: number }[];

/**
 * A pooling that is linear and separable, as two matrices for `resample`: `taps[i]` lists what output
 * i is made of; an index listed twice counts with the sum of its weights.
 */
export function poolByTaps(x: Tensor4D, rows: AxisTaps[], columns: AxisTaps[]): Tensor4D {
  return tidy(() => resample(x, matrixOf(rows, x.shape[1]), matrixOf(columns, x.shape[2])));
}

function matrixOf(taps: AxisTaps[], inputSize: number): Tensor2D {
  const values = new Float32Array(taps.length * inputSize);
  taps.forEach((list, output) => {
    for (const { index, weight } of list) values[output * inputSize + index]! += weight;
  });
  return tensor2d(values, [taps.length, inputSize]);
}
