import { HOST_BACKENDS } from '@ds/checks';
import {
  getBackend,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';
import { byGathers, byLoops } from './composed.js';
import { axisTapsKernel, type TapTable } from './contract.js';

/** The inputs and the weights of one output of a linear pooling along an axis. */
export type AxisTaps = { index: number; weight: number }[];

/**
 * Linear, separable pooling with few inputs for each output. `taps[i]` lists the inputs of output i
 * along its axis. An index that appears twice counts with the sum of its weights.
 *
 * An input reaches only the outputs that list it, even if it is not finite. The same holds for the
 * gradient. Other inputs are skipped, not multiplied by 0.
 *
 * Differentiable in x. Shapes: `[N, H, W, C]` → `[N, rows.length, columns.length, C]`. If the
 * backend has no kernel, the op runs as a loop on the host for tensors on the host, and as a few
 * gathers for other tensors.
 */
export function poolByTaps(x: Tensor4D, rows: AxisTaps[], columns: AxisTaps[]): Tensor4D {
  return poolAxesByTaps(x, [rows, columns]);
}

/**
 * {@link poolByTaps} for any number of spatial axes, one list of taps for each. Shapes:
 * `[batch, ...sides, channels]` → `[batch, ...output sides, channels]`.
 */
export function poolAxesByTaps<X extends Tensor>(x: X, axes: readonly AxisTaps[][]): X {
  return tidy(() => {
    let y: Tensor = x;
    for (const [axis, taps] of axes.entries()) {
      const side = y.shape[axis + 1]!;
      const before = y.shape.slice(0, axis + 1);
      const after = y.shape.slice(axis + 2);
      const lines = reshape(y, [product(before), side, product(after)]) as Tensor3D;
      const shorter = alongAxis(lines, tapTable(taps, side));
      y = reshape(shorter, [...before, taps.length, ...after]);
    }
    return y as X;
  });
}

function product(sizes: number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** Taps of the transposed map: `taps[i]` lists the outputs that read input i. */
export function transposedTaps(taps: AxisTaps[], inputSize: number): AxisTaps[] {
  const back: AxisTaps[] = Array.from({ length: inputSize }, () => []);
  taps.forEach((list, output) => {
    for (const { index, weight } of list) back[index]!.push({ index: output, weight });
  });
  return back;
}

/** Converts the taps of an axis to the matrix [outputs, inputs] that `resample` takes. */
export function tapMatrix(taps: AxisTaps[], inputSize: number): Tensor2D {
  const values = new Float32Array(taps.length * inputSize);
  taps.forEach((list, output) => {
    for (const { index, weight } of list) values[output * inputSize + index]! += weight;
  });
  return tensor2d(values, [taps.length, inputSize]);
}

export function tapTable(taps: AxisTaps[], inputSize: number): TapTable {
  const flat = taps.flat();
  const starts = new Int32Array(taps.length + 1);
  taps.forEach(({ length }, output) => {
    starts[output + 1] = starts[output]! + length;
  });
  return {
    inputSize,
    starts,
    indices: Int32Array.from(flat, ({ index }) => index),
    weights: Float32Array.from(flat, ({ weight }) => weight),
  };
}

/** Table of the transposed map: the outputs that read each input. */
function transposedTable(table: TapTable): TapTable {
  const { inputSize, starts, indices, weights } = table;
  const taps = Array.from({ length: starts.length - 1 }, (_, output) =>
    Array.from({ length: starts[output + 1]! - starts[output]! }, (__, tap) => ({
      index: indices[starts[output]! + tap]!,
      weight: weights[starts[output]! + tap]!,
    })),
  );
  return tapTable(transposedTaps(taps, inputSize), taps.length);
}

/** Sums along the middle axis: `[outer, inputs, inner]` → `[outer, outputs, inner]`. */
function alongAxis(x: Tensor3D, table: TapTable): Tensor3D {
  return differentiable(
    { x },
    (given) => ({ value: tapped(given.x, table), saved: {} }),
    (dy) => ({ x: alongAxis(dy, transposedTable(table)) }),
  );
}

function tapped(x: Tensor3D, table: TapTable): Tensor3D {
  if (axisTapsKernel.isHere()) return axisTapsKernel.run({ x }, table);
  return HOST_BACKENDS.includes(getBackend()) ? byLoops(x, table) : byGathers(x, table);
}
