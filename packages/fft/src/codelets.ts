import type { FloatArray } from './real-kernel.js';

// Real DFTs of 2, 4, 8 and 16 samples without a loop ("codelets", Frigo & Johnson 2005): every sample is read before a bin is written. A
// part that must be 0 is 0 times its bin, so that it tells of numbers that are not finite.

type Codelet = (x: ArrayLike<number>, real: FloatArray, imag: FloatArray, at: number) => void;

export function hasCodelet(length: number): boolean {
  return length === 2 || length === 4 || length === 8 || length === 16;
}

/**
 * The half-spectrum of the first `length` numbers of x, for a length that {@link hasCodelet}, written from `at` on. Calls that name what they call: V8
 * takes the short ones into its caller, which halves their time.
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

const codelet8: Codelet = (x, real, imag, at) => {
  const x0 = x[0]!;
  const x1 = x[1]!;
  const x2 = x[2]!;
  const x3 = x[3]!;
  const x4 = x[4]!;
  const x5 = x[5]!;
  const x6 = x[6]!;
  const x7 = x[7]!;
  const e0 = x0 + x4 + (x2 + x6);
  const e2 = x0 + x4 - (x2 + x6);
  const o0 = x1 + x5 + (x3 + x7);
  const o2 = x1 + x5 - (x3 + x7);
  const e1r = x0 - x4;
  const e1i = x6 - x2;
  const p = Math.SQRT1_2 * (x1 - x5 + (x7 - x3));
  const q = Math.SQRT1_2 * (x7 - x3 - (x1 - x5));
  const first = e0 + o0;
  const last = e0 - o0;
  real[at] = first;
  imag[at] = 0 * first;
  real[at + 1] = e1r + p;
  imag[at + 1] = e1i + q;
  real[at + 2] = e2;
  imag[at + 2] = -o2;
  real[at + 3] = e1r - p;
  imag[at + 3] = q - e1i;
  real[at + 4] = last;
  imag[at + 4] = 0 * last;
};

const COS_8TH = Math.cos(Math.PI / 8);
const SIN_8TH = Math.sin(Math.PI / 8);

/** Its even samples and its odd ones are two DFTs of 8. */
const codelet16: Codelet = (x, real, imag, at) => {
  const a0 = x[0]! + x[8]!;
  const a1 = x[0]! - x[8]!;
  const b0 = x[4]! + x[12]!;
  const b1 = x[12]! - x[4]!;
  const c0 = x[2]! + x[10]!;
  const c1 = x[2]! - x[10]!;
  const d0 = x[6]! + x[14]!;
  const d1 = x[14]! - x[6]!;
  const cd = Math.SQRT1_2 * (c1 + d1);
  const dc = Math.SQRT1_2 * (d1 - c1);
  const e0 = a0 + b0 + (c0 + d0);
  const e4 = a0 + b0 - (c0 + d0);
  const e2r = a0 - b0;
  const e2i = d0 - c0;
  const e1r = a1 + cd;
  const e1i = b1 + dc;
  const e3r = a1 - cd;
  const e3i = dc - b1;

  const f0 = x[1]! + x[9]!;
  const f1 = x[1]! - x[9]!;
  const g0 = x[5]! + x[13]!;
  const g1 = x[13]! - x[5]!;
  const h0 = x[3]! + x[11]!;
  const h1 = x[3]! - x[11]!;
  const k0 = x[7]! + x[15]!;
  const k1 = x[15]! - x[7]!;
  const hk = Math.SQRT1_2 * (h1 + k1);
  const kh = Math.SQRT1_2 * (k1 - h1);
  const o0 = f0 + g0 + (h0 + k0);
  const o4 = f0 + g0 - (h0 + k0);
  const o2r = Math.SQRT1_2 * (f0 - g0 + (k0 - h0));
  const o2i = Math.SQRT1_2 * (k0 - h0 - (f0 - g0));
  const o1r = COS_8TH * (f1 + hk) + SIN_8TH * (g1 + kh);
  const o1i = COS_8TH * (g1 + kh) - SIN_8TH * (f1 + hk);
  const o3r = SIN_8TH * (f1 - hk) + COS_8TH * (kh - g1);
  const o3i = SIN_8TH * (kh - g1) - COS_8TH * (f1 - hk);

  const first = e0 + o0;
  const last = e0 - o0;
  real[at] = first;
  imag[at] = 0 * first;
  real[at + 1] = e1r + o1r;
  imag[at + 1] = e1i + o1i;
  real[at + 2] = e2r + o2r;
  imag[at + 2] = e2i + o2i;
  real[at + 3] = e3r + o3r;
  imag[at + 3] = e3i + o3i;
  real[at + 4] = e4;
  imag[at + 4] = -o4;
  real[at + 5] = e3r - o3r;
  imag[at + 5] = o3i - e3i;
  real[at + 6] = e2r - o2r;
  imag[at + 6] = o2i - e2i;
  real[at + 7] = e1r - o1r;
  imag[at + 7] = o1i - e1i;
  real[at + 8] = last;
  imag[at + 8] = 0 * last;
};
