import { apart } from '../overlap.js';
import type { FloatArray } from '../real-kernel.js';
import type { SpectrumArrays, SpectrumLike } from '../spectrum-arrays.js';

/** Fills `to` with every `stride`-th value of x, from index `at` on. */
export function copyIn(x: ArrayLike<number>, at: number, stride: number, to: FloatArray): void {
  if (x === to) return;
  // `set` reads all values before it writes one.
  if (stride === 1 && at === 0 && x.length === to.length) to.set(x);
  else if (stride === 1 && ArrayBuffer.isView(x)) {
    to.set((x as FloatArray).subarray(at, at + to.length));
  } else {
    const values = apart(x, to);
    for (let i = 0, from = at; i < to.length; i++, from += stride) to[i] = values[from]!;
  }
}

/** Writes all values of x to every `stride`-th place of `to`, from index `at` on. */
export function copyOut(x: FloatArray, to: FloatArray, at: number, stride: number): void {
  if (x === to) return;
  if (stride === 1 && ArrayBuffer.isView(to)) to.set(x, at);
  else {
    const values = apart(x, to);
    for (let i = 0, place = at; i < x.length; i++, place += stride) to[place] = values[i]!;
  }
}

/** Fills both parts of `to`, from index `at` of x on. The parts of x may be those of `to`. */
export function copySpectrumIn(x: SpectrumLike, at: number, to: SpectrumArrays<FloatArray>): void {
  const imag = x.real === to.real ? x.imag : apart(x.imag, to.real);
  copyIn(x.real, at, 1, to.real);
  copyIn(imag, at, 1, to.imag);
}

/** Writes both parts of x from index `at` of `to` on. The parts of `to` may be those of x. */
export function copySpectrumOut(
  x: SpectrumArrays<FloatArray>,
  to: SpectrumArrays<FloatArray>,
  at: number,
): void {
  const imag = x.real === to.real ? x.imag : apart(x.imag, to.real);
  copyOut(x.real, to.real, at, 1);
  copyOut(imag, to.imag, at, 1);
}
