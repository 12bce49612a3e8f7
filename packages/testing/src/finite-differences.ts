import {
  concat,
  grads,
  mul,
  reshape,
  type Scalar,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { relativeError } from './relative-error.js';

/**
 * The relative L2 error between tfjs's gradients of `sum(op(...inputs) · upstream)` and central
 * differences, one number per input. `steps` are the half-widths. If the op is linear in an input,
 * a large step is exact and reduces float32 rounding.
 */
export function gradientErrors(
  op: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  steps: number[],
): number[] {
  return tidy(() => {
    const upstream = deterministicLike(op(...inputs));
    const loss = (...args: Tensor[]) => sum(weighted(op(...args), upstream)) as Scalar;
    const analytic = grads(loss)(inputs);
    return inputs.map((input, at) => {
      const values = input.dataSync<'float32'>().slice();
      const h = steps[at]!;
      const outputAt = (place: number, offset: number) =>
        tidy(() => {
          const moved = values.slice();
          moved[place] = values[place]! + offset;
          const args = inputs.slice();
          args[at] = tensor(moved, input.shape);
          return reshape(op(...args), [upstream.length]);
        });
      // One read for all outputs, since every read waits for the device.
      const outputs = tidy(() =>
        concat(Array.from(values, (_, i) => [outputAt(i, h), outputAt(i, -h)]).flat()).dataSync(),
      );
      // Float64 sums, since rounding would swamp the difference of two float32 sums.
      const sumAt = (place: number) => dot(outputs, place * upstream.length, upstream);
      const numeric = Float64Array.from(
        values,
        (_, i) => (sumAt(2 * i) - sumAt(2 * i + 1)) / (2 * h),
      );
      return relativeError(analytic[at]!.dataSync(), numeric);
    });
  });
}

function weighted(output: Tensor, upstream: Float32Array): Tensor {
  return mul(output, tensor(upstream, output.shape));
}

/** The dot product of `upstream` with the values that begin at `start`. */
function dot(values: ArrayLike<number>, start: number, upstream: Float32Array): number {
  let total = 0;
  for (let i = 0; i < upstream.length; i++) total += values[start + i]! * upstream[i]!;
  return total;
}

/** Fixed, smooth weights without a symmetry that could hide an error. */
function deterministicLike(output: Tensor): Float32Array {
  return Float32Array.from({ length: output.size }, (_, i) => Math.sin(1.7 * i + 0.3) + 0.25);
}
