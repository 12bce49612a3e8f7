import type { Tensor3D } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/** Taps end to end: output i has those from starts[i] to starts[i + 1]. */
export interface TapTable {
  inputSize: number;
  starts: Int32Array;
  indices: Int32Array;
  weights: Float32Array;
}

/**
 * `y [outer, outputs, inner] = Σ_t w_t · x [outer, index_t, inner]`: one pass of a separable filter.
 * It costs its taps, not the product with a matrix that is nearly all zeros. Each output reads its
 * own taps and nothing else, so an input reaches only the outputs that list it, even if it is
 * infinite.
 */
export const axisTapsKernel = new Kernel<{ x: Tensor3D }, TapTable, Tensor3D>('AxisTaps');
