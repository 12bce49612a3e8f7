import { HOST_BACKENDS } from '@ds/checks';
import {
  add,
  customGrad,
  engine,
  gather,
  getBackend,
  getKernel,
  mul,
  type NamedAttrMap,
  pad,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';

/** One output of a linear pooling along an axis: which inputs it sums, with which weights. */
export type AxisTaps = { index: number; weight: number }[];

/**
 * A linear, separable pooling with few inputs for each output: `taps[i]` lists the inputs of output
 * i along its axis. An index that is listed twice counts with the sum of its weights.
 *
 * An input reaches exactly the outputs that list it, even if it is not finite. So does a gradient
 * on its way back. Other inputs are left out, not multiplied by 0.
 *
 * A backend may have a kernel named AxisTaps for it, as `@ds/backend` has on wasm and WebGPU. The
 * kernel computes the taps only. Without a kernel it is a loop on the host if the tensors lie
 * there, and a few gathers if not. Differentiable in x.
 */
export function poolByTaps(x: Tensor4D, rows: AxisTaps[], columns: AxisTaps[]): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  return tidy(() => {
    const [rowTable, columnTable] = [tapTable(rows, height), tapTable(columns, width)];
    const shape: [number, number, number, number] = [batch, rows.length, columns.length, channels];
    const lines = reshape(x, [batch, height, width * channels]) as Tensor3D;
    const shorter = reshape(alongAxis(lines, rowTable), [batch * rows.length, width, channels]);
    return reshape(alongAxis(shorter as Tensor3D, columnTable), shape);
  });
}

/** The taps of the transposed map: `taps[i]` lists the outputs that read input i. */
export function transposedTaps(taps: AxisTaps[], inputSize: number): AxisTaps[] {
  const back: AxisTaps[] = Array.from({ length: inputSize }, () => []);
  taps.forEach((list, output) => {
    for (const { index, weight } of list) back[index]!.push({ index: output, weight });
  });
  return back;
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
export interface TapTable {
  inputSize: number;
  starts: Int32Array;
  indices: Int32Array;
  weights: Float32Array;
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

/** The table of the transposed map: what each input is read by. */
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

/** Over the middle axis: `[outer, inputs, inner]` → `[outer, outputs, inner]`. */
function alongAxis(x: Tensor3D, table: TapTable): Tensor3D {
  const op = customGrad((input) => ({
    value: tapped(input as Tensor3D, table),
    gradFunc: (dy: Tensor) => alongAxis(dy as Tensor3D, transposedTable(table)),
  }));
  return op(x) as Tensor3D;
}

function tapped(x: Tensor3D, table: TapTable): Tensor {
  if (getKernel('AxisTaps', getBackend())) {
    return engine().runKernel('AxisTaps', { x }, table as unknown as NamedAttrMap) as Tensor;
  }
  return HOST_BACKENDS.includes(getBackend()) ? byLoops(x, table) : byGathers(x, table);
}

/** Sums on the host, in float64. */
export function byLoops(x: Tensor3D, { inputSize, starts, indices, weights }: TapTable): Tensor {
  const [outer, , inner] = x.shape;
  const outputs = starts.length - 1;
  const from = x.dataSync<'float32'>();
  const values = new Float32Array(outer * outputs * inner);
  const line = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    for (let output = 0; output < outputs; output++) {
      line.fill(0);
      for (let tap = starts[output]!; tap < starts[output + 1]!; tap++) {
        const start = (o * inputSize + indices[tap]!) * inner;
        const weight = weights[tap]!;
        for (let i = 0; i < inner; i++) line[i]! += weight * from[start + i]!;
      }
      values.set(line, (o * outputs + output) * inner);
    }
  }
  return tensor3d(values, [outer, outputs, inner]);
}

/**
 * Gathers the k-th taps of all outputs at once, for each k. An output without a k-th tap takes a
 * line of zeros behind the inputs.
 */
export function byGathers(x: Tensor3D, { inputSize, starts, indices, weights }: TapTable): Tensor {
  const [outer, , inner] = x.shape;
  const outputs = starts.length - 1;
  const counts = Array.from({ length: outputs }, (_, i) => starts[i + 1]! - starts[i]!);
  const most = Math.max(...counts);
  if (most === 0) return zeros([outer, outputs, inner]);
  const isWhole = counts.every((count) => count === most);
  const source = isWhole
    ? x
    : pad(x, [
        [0, 0],
        [0, 1],
        [0, 0],
      ]);
  return Array.from({ length: most }, (_, tap) => {
    const has = (output: number) => tap < counts[output]!;
    const at = counts.map((__, i) => (has(i) ? indices[starts[i]! + tap]! : inputSize));
    const factors = counts.map((__, i) => (has(i) ? weights[starts[i]! + tap]! : 1));
    const lines = gather(source, tensor1d(at, 'int32'), 1);
    return factors.every((factor) => factor === 1)
      ? lines
      : mul(lines, tensor(factors, [1, outputs, 1]));
  }).reduce((total, lines) => add(total, lines));
}
