import type { Tensor3D } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/** Taps of all outputs in one list. Output i has the taps from starts[i] to starts[i + 1] − 1. */
export interface TapTable {
  inputSize: number;
  starts: Int32Array;
  indices: Int32Array;
  weights: Float32Array;
}

/**
 * One pass of a separable filter: `y[o, i, :] = Σ_t w_t · x[o, index_t, :]` over the taps t of
 * output i. Shapes: x `[outer, inputs, inner]` → y `[outer, outputs, inner]`. The cost grows with
 * the taps, not with the size of a matrix that is nearly all zeros. An input reaches only the
 * outputs that list it, even if it is infinite.
 */
export const axisTapsKernel = /* @__PURE__ */ new Kernel<{ x: Tensor3D }, TapTable, Tensor3D>(
  'AxisTaps',
);
