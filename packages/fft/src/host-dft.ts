import { HOST_BACKENDS } from '@ds/checks';
import { customGrad, getBackend, mul, type Tensor, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { realFft2d } from './plan-cache.js';

/** Whether the current backend computes on the host, so transforms can use `@ds/fft/plan`. */
export function isOnHost(): boolean {
  return HOST_BACKENDS.includes(getBackend());
}

/**
 * `factor` times the half-spectra of real planes. The sums are in float64 and the result is stored
 * as float32. The gradient is the exact adjoint. A plane of height 1 is a signal.
 *
 * Shapes: `[…, H, W]` → `[2, …, H, bins]`, all real parts first.
 */
export function forwardOnHost(x: Tensor, size: [number, number], factor: number): Tensor {
  const op = customGrad((input) => {
    const plane = input as Tensor;
    const plan = realFft2d(...size);
    const half = (plane.size / plan.width) * plan.bins;
    const values = new Float32Array(2 * half);
    const out = { real: values.subarray(0, half), imag: values.subarray(half) };
    plan.forward(plane.dataSync<'float32'>(), out, factor);
    return {
      value: tensor(values, [2, ...plane.shape.slice(0, -1), plan.bins]),
      // The adjoint counts each bin once. The inverse DFT counts a bin with a partner twice.
      gradFunc: (dy: Tensor) => inverseOnHost(dy, size, factor, 'once'),
    };
  });
  return op(x);
}

/**
 * `factor` times the unnormalised inverse of half-spectra. The gradient is the exact adjoint. Every
 * bin outside columns 0 and W/2 has a conjugate partner. Such bins count `'twice'`, as in the
 * inverse DFT, or `'once'`.
 *
 * Shapes: `[2, …, H, bins]` → `[…, H, W]`.
 */
export function inverseOnHost(
  spectrum: Tensor,
  size: [number, number],
  factor: number,
  partners: 'once' | 'twice',
): Tensor {
  const [height, width] = size;
  const op = customGrad((input) => {
    const packed = input as Tensor;
    const plan = realFft2d(height, width);
    const given = packed.dataSync<'float32'>();
    const once = () => weighted(given, plan.bins, width, 0.5);
    const spectra = partners === 'twice' ? given : once();
    const half = spectra.length / 2;
    const values = new Float32Array((half / plan.bins) * width);
    plan.inverse({ real: spectra.subarray(0, half), imag: spectra.subarray(half) }, values, factor);
    return {
      value: tensor(values, [...packed.shape.slice(1, -1), width]),
      gradFunc: (dy: Tensor) => {
        const forward = forwardOnHost(dy, size, factor);
        if (partners === 'once') return forward;
        const ones = new Float32Array(plan.bins).fill(1);
        return mul(forward, tensor1d(Float32Array.from(weighted(ones, plan.bins, width, 2))));
      },
    };
  });
  return op(spectrum);
}

/** A float64 copy that multiplies each bin with a partner by `weight`. */
function weighted(values: Float32Array, bins: number, width: number, weight: number): Float64Array {
  const last = width % 2 === 0 ? bins - 1 : bins;
  const copy = new Float64Array(values);
  for (let start = 0; start < copy.length; start += bins) {
    for (let k = 1; k < last; k++) copy[start + k]! *= weight;
  }
  return copy;
}
