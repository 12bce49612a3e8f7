import { doubles } from './doubles.js';
import type { FloatArray } from './real-kernel.js';

// Unrolled real DFTs of 2, 4, 8 and 16 samples ("codelets", Frigo & Johnson 2005). Each reads every
// sample before it writes a bin. An imaginary part that must be 0 is computed as 0 times its bin,
// so NaN and infinity propagate.

type Codelet = (x: ArrayLike<number>, real: FloatArray, imag: FloatArray, at: number) => void;

export function hasCodelet(length: number): boolean {
  return length === 2 || length === 4 || length === 8 || length === 16;
}

/**
 * Writes the half-spectrum of the first `length` values of x, starting at index `at`. `length` must
 * satisfy {@link hasCodelet}. The direct calls let V8 inline the short codelets, which halves their
 * time.
 */
export function codelet(
  length: number,
  x: ArrayLike<number>,
  real: FloatArray,
  imag: FloatArray,
  at: number,
): void {
  if (length === 2) codelet2(x, real, imag, at);
  else if (length === 4) codelet4(x, real, imag, at);
  else if (length === 8) codelet8(x, real, imag, at);
  else codelet16(x, real, imag, at);
}

const codelet2: Codelet = (x, real, imag, at) => {
  const a = x[0]!;
  const b = x[1]!;
  real[at] = a + b;
  imag[at] = 0 * (a + b);
  real[at + 1] = a - b;
  imag[at + 1] = 0 * (a - b);
};

const codelet4: Codelet = (x, real, imag, at) => {
  const x1 = x[1]!;
  const x3 = x[3]!;
  const sum = x[0]! + x[2]!;
  const difference = x[0]! - x[2]!;
  const first = sum + (x1 + x3);
  const last = sum - (x1 + x3);
  real[at] = first;
  imag[at] = 0 * first;
  real[at + 1] = difference;
  imag[at + 1] = x3 - x1;
  real[at + 2] = last;
  imag[at + 2] = 0 * last;
};

/**
 * Two DFTs of 8 samples, as one DFT of 16 needs. Layout of each: bins 0 and 4, then re and im of
 * bins 1, 2 and 3.
 */
const eighths = doubles(16);

/** Writes the DFT of samples `first + t·step`, t = 0 … 7, to `eighths`, starting at index `to`. */
function eight(x: ArrayLike<number>, first: number, step: number, to: number): void {
  const x0 = x[first]!;
  const x1 = x[first + step]!;
  const x2 = x[first + 2 * step]!;
  const x3 = x[first + 3 * step]!;
  const x4 = x[first + 4 * step]!;
  const x5 = x[first + 5 * step]!;
  const x6 = x[first + 6 * step]!;
  const x7 = x[first + 7 * step]!;
  const even = x0 + x4 + (x2 + x6);
  const odd = x1 + x5 + (x3 + x7);
  const er = x0 - x4;
  const ei = x6 - x2;
  const or = Math.SQRT1_2 * (x1 - x5 + (x7 - x3));
  const oi = Math.SQRT1_2 * (x7 - x3 - (x1 - x5));
  eighths[to] = even + odd;
  eighths[to + 1] = even - odd;
  eighths[to + 2] = er + or;
  eighths[to + 3] = ei + oi;
  eighths[to + 4] = x0 + x4 - (x2 + x6);
  eighths[to + 5] = x3 + x7 - (x1 + x5);
  eighths[to + 6] = er - or;
  eighths[to + 7] = oi - ei;
}

const codelet8: Codelet = (x, real, imag, at) => {
  eight(x, 0, 1, 0);
  real[at] = eighths[0]!;
  imag[at] = 0 * eighths[0]!;
  for (let k = 1; k < 4; k++) {
    real[at + k] = eighths[2 * k]!;
    imag[at + k] = eighths[2 * k + 1]!;
  }
  real[at + 4] = eighths[1]!;
  imag[at + 4] = 0 * eighths[1]!;
};

/** cos and sin of πk/8. */
const COS = [1, 2, 3].map((k) => Math.cos((k * Math.PI) / 8));
const SIN = [1, 2, 3].map((k) => Math.sin((k * Math.PI) / 8));

/**
 * With E and O the DFTs of the even and the odd samples, and w = e^{−πi k/8}: bin k is E_k + w O_k,
 * and bin 8 − k is the conjugate of E_k − w O_k.
 */
const codelet16: Codelet = (x, real, imag, at) => {
  eight(x, 0, 2, 0);
  eight(x, 1, 2, 8);
  const first = eighths[0]! + eighths[8]!;
  const last = eighths[0]! - eighths[8]!;
  real[at] = first;
  imag[at] = 0 * first;
  for (let k = 1; k < 4; k++) {
    const er = eighths[2 * k]!;
    const ei = eighths[2 * k + 1]!;
    const or = eighths[2 * k + 8]!;
    const oi = eighths[2 * k + 9]!;
    const c = COS[k - 1]!;
    const s = SIN[k - 1]!;
    const tr = c * or + s * oi;
    const ti = c * oi - s * or;
    real[at + k] = er + tr;
    imag[at + k] = ei + ti;
    real[at + 8 - k] = er - tr;
    imag[at + 8 - k] = ti - ei;
  }
  real[at + 4] = eighths[1]!;
  imag[at + 4] = -eighths[9]!;
  real[at + 8] = last;
  imag[at + 8] = 0 * last;
};
