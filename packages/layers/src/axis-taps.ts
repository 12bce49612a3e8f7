import {
  customGrad,
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { resample } from './resample.js';

/** One output of a linear pooling along an axis: which inputs it sums, with which weights. */
export type AxisTaps = { index: number; weight: number }[];

/**
 * A pooling that is linear and separable, with few inputs to each output: `taps[i]` lists what output i
 * is made of along its axis; an index listed twice counts with the sum of its weights.
 *
 * A backend may bring a kernel named AxisTaps for it, as `@ds/backend` does on wasm, and then it costs
 * its taps; elsewhere it is `resample` with two banded matrices. Differentiable in x.
 */
export function poolByTaps(x: Tensor4D, rows: AxisTaps[], columns: AxisTaps[]): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  return tidy(() => {
    if (!getKernel('AxisTaps', getBackend())) {
      return resample(x, tapMatrix(rows, height), tapMatrix(columns, width));
    }
    const [rowTable, columnTable] = [tapTable(rows, height), tapTable(columns, width)];
    const shape: [number, number, number, number] = [batch, rows.length, columns.length, channels];
    const lines = reshape(x, [batch, height, width * channels]) as Tensor3D;
    const shorter = reshape(alongAxis(lines, rowTable), [batch * rows.length, width, channels]);
    return reshape(alongAxis(shorter as Tensor3D, columnTable), shape);
  });
}

/** The taps of an axis as the matrix [outputs, inputs] that `resample` takes. */
export function tapMatrix(taps: AxisTaps[], inputSize: number): Tensor2D {
  const values = new Float32Array(taps.length * inputSize);
  taps.forEach((list, output) => {
    for (const { index, weight } of list) values[output * inputSize + index]! += weight;
  });
  return tensor2d(values, [taps.length, inputSize]);
}

/** Taps one behind the other: output i has those from starts[i] to starts[i + 1]. */
interface TapTable {
  inputSize: number;
  starts: Int32Array;
  indices: Int32Array;
  weights: Float32Array;
}

function tapTable(taps: AxisTaps[], inputSize: number): TapTable {
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

/** The table of the transposed map: what each input is read by. */
function transposedTable({ inputSize, starts, indices, weights }: TapTable): TapTable {
  const taps: AxisTaps[] = Array.from({ length: inputSize }, () => []);
  for (let output = 0; output + 1 < starts.length; output++) {
    for (let tap = starts[output]!; tap < starts[output + 1]!; tap++) {
      taps[indices[tap]!]!.push({ index: output, weight: weights[tap]! });
    }
  }
  return tapTable(taps, starts.length - 1);
}

/** Over the middle axis: `[outer, inputs, inner]` → `[outer, outputs, inner]`. */
function alongAxis(x: Tensor3D, table: TapTable): Tensor3D {
  const op = customGrad((input) => ({
    value: engine().runKernel(
      'AxisTaps',
      { x: input as Tensor },
      table as unknown as NamedAttrMap,
    ) as Tensor,
    gradFunc: (dy: Tensor) => alongAxis(dy as Tensor3D, transposedTable(table)),
  }));
  return op(x) as Tensor3D;
}
