import {
  concat,
  getBackend,
  grads,
  mul,
  reshape,
  type Scalar,
  setBackend,
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
 *
 * On WebGPU, the differences come from the cpu backend, since a GPU takes milliseconds for each
 * output. The outputs of both backends are compared too: each number is at least their error.
 */
export function gradientErrors(
  op: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  steps: number[],
): number[] {
  return tidy(() => {
    const output = op(...inputs).dataSync<'float32'>();
    const upstream = deterministicLike(output.length);
    const loss = (...args: Tensor[]) => sum(weighted(op(...args), upstream)) as Scalar;
    const analytic = grads(loss)(inputs).map((gradient) => gradient.dataSync<'float32'>());
    return onHost(() => {
      const ofOutput = relativeError(output, op(...inputs).dataSync());
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
        const outputs = tidy(() =>
          concat(Array.from(values, (_, i) => [outputAt(i, h), outputAt(i, -h)]).flat()).dataSync(),
        );
        // Float64 sums, since rounding would swamp the difference of two float32 sums.
        const sumAt = (place: number) => dot(outputs, place * upstream.length, upstream);
        const numeric = Float64Array.from(
          values,
          (_, i) => (sumAt(2 * i) - sumAt(2 * i + 1)) / (2 * h),
        );
        return Math.max(ofOutput, relativeError(analytic[at]!, numeric));
      });
    });
  });
}

/** Computes on the cpu backend instead of WebGPU. Other backends compute on the host anyway. */
function onHost<T>(compute: () => T): T {
  if (getBackend() !== 'webgpu') return compute();
  // Both backends are ready, so each switch is over when the call returns.
  setBackend('cpu');
  try {
    return compute();
  } finally {
    setBackend('webgpu');
  }
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
function deterministicLike(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i + 0.3) + 0.25);
}
