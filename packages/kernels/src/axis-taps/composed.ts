import {
  add,
  gather,
  mul,
  pad,
  type Tensor3D,
  tensor,
  tensor1d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import type { TapTable } from './contract.js';

/** Sums on the host, in float64. It serves backends that keep tensors on the host. */
export function byLoops(x: Tensor3D, { inputSize, starts, indices, weights }: TapTable): Tensor3D {
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
 * Gathers the k-th taps of all outputs at once, for each k. A row of zeros follows the inputs. An
 * output without a k-th tap reads that row.
 */
export function byGathers(
  x: Tensor3D,
  { inputSize, starts, indices, weights }: TapTable,
): Tensor3D {
  const [outer, , inner] = x.shape;
  const outputs = starts.length - 1;
  const counts = Array.from({ length: outputs }, (_, i) => starts[i + 1]! - starts[i]!);
  // A spread of a long list into `Math.max` would overflow the stack.
  const most = counts.reduce((largest, count) => Math.max(largest, count), 0);
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
  }).reduce((total, lines) => add(total, lines)) as Tensor3D;
}
