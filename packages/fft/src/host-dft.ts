import { HOST_BACKENDS } from '@ds/checks';
import { inverseRealFft2dKernel, realFft2dKernel } from '@ds/kernels';
import {
  customGrad,
  getBackend,
  mul,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { realFft2d } from './plan-cache.js';

/**
 * Whether the current backend computes on the host, so transforms can use its kernel, or a plan of
 * `@ds/fft/plan`.
 */
export function isOnHost(): boolean {
  return HOST_BACKENDS.includes(getBackend());
}

/**
 * `factor` times the half-spectra of real planes. The backend's kernel computes it in float32.
 * Without one, the sums are in float64 and the result is stored as float32. The gradient is the
 * exact adjoint. A plane of height 1 is a signal.
 *
 * Shapes: `[…, H, W]` → `[2, …, H, bins]`, all real parts first.
 */
export function forwardOnHost(x: Tensor, size: [number, number], factor: number): Tensor {
  const op = customGrad((input) => ({
    value: forward(input as Tensor, size, factor),
    // The adjoint counts each bin once. The inverse DFT counts a bin with a partner twice.
    gradFunc: (dy: Tensor) => inverseOnHost(dy, size, factor, 'once'),
  }));
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
  const width = size[1];
  const op = customGrad((input) => {
    const given = input as Tensor;
    const value =
      partners === 'twice'
        ? inverse(given, size, factor)
        : tidy(() => inverse(mul(given, weights(width, 0.5)), size, factor));
    return {
      value,
      gradFunc: (dy: Tensor) => {
        const spectra = forwardOnHost(dy, size, factor);
        return partners === 'once' ? spectra : mul(spectra, weights(width, 2));
      },
    };
  });
  return op(spectrum);
}

function forward(x: Tensor, [height, width]: [number, number], factor: number): Tensor {
  if (realFft2dKernel.isHere()) return realFft2dKernel.run({ x }, { height, width, factor });
  const plan = realFft2d(height, width);
  const half = (x.size / width) * plan.bins;
  const values = new Float32Array(2 * half);
  const out = { real: values.subarray(0, half), imag: values.subarray(half) };
  plan.forward(x.dataSync<'float32'>(), out, factor);
  return tensor(values, [2, ...x.shape.slice(0, -1), plan.bins]);
}

function inverse(spectrum: Tensor, [height, width]: [number, number], factor: number): Tensor {
  if (inverseRealFft2dKernel.isHere()) {
    return inverseRealFft2dKernel.run({ spectrum }, { height, width, factor });
  }
  const plan = realFft2d(height, width);
  const spectra = spectrum.dataSync<'float32'>();
  const half = spectra.length / 2;
  const values = new Float32Array((half / plan.bins) * width);
  plan.inverse({ real: spectra.subarray(0, half), imag: spectra.subarray(half) }, values, factor);
  return tensor(values, [...spectrum.shape.slice(1, -1), width]);
}

/** `weight` for each bin with a partner, 1 for the others. */
function weights(width: number, weight: number): Tensor {
  const bins = Math.floor(width / 2) + 1;
  return tensor1d(
    Array.from({ length: bins }, (_, l) => (l === 0 || 2 * l === width ? 1 : weight)),
  );
}
