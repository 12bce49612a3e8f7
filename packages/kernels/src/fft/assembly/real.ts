import { forwardEven, inverseEven, planEven } from './real-even';
import { forwardOdd, inverseOdd, planOdd } from './real-odd';

// The DFT of real signals. The first word of a plan is the length.

/** Plans real DFTs of length n ≥ 1. */
export function planReal<T>(n: u32): usize {
  return n % 2 === 0 ? planEven<T>(n) : planOdd<T>(n);
}

/** The half-spectrum of a signal, without a factor. */
export function forwardReal<T>(plan: usize, x: usize, real: usize, imag: usize): void {
  const n = <usize>load<u32>(plan);
  if (n % 2 === 0) forwardEven<T>(plan, x, real, imag);
  else forwardOdd<T>(plan, x, real, imag);
  // The imaginary part of bin 0 is 0, or NaN if a sample is not finite. It stays 0 if only the sum
  // overflows.
  const first = load<T>(real);
  // The difference is NaN if the bin is not finite.
  if (first - first !== <T>0) {
    let sum: T = 0;
    for (let t: usize = 0; t < n; t++) sum += <T>0 * load<T>(x + t * sizeof<T>());
    store<T>(imag, sum);
    if (n % 2 === 0) store<T>(imag + (n / 2) * sizeof<T>(), sum);
  }
}

/** The signal of a half-spectrum, times `factor`. A factor of 1/n inverts {@link forwardReal}. */
export function inverseReal<T>(plan: usize, real: usize, imag: usize, x: usize, factor: T): void {
  if (load<u32>(plan) % 2 === 0) inverseEven<T>(plan, real, imag, x, factor);
  else inverseOdd<T>(plan, real, imag, x, factor);
}
