import type { FloatArray } from '../real-kernel.js';

/** Fills `to` with every `stride`-th value of x, from index `at` on. */
export function copyIn(x: ArrayLike<number>, at: number, stride: number, to: FloatArray): void {
  if (x === to) return;
  if (stride === 1 && at === 0 && x.length === to.length) to.set(x);
  else if (stride === 1 && ArrayBuffer.isView(x)) {
    to.set((x as FloatArray).subarray(at, at + to.length));
  } else {
    for (let i = 0, from = at; i < to.length; i++, from += stride) to[i] = x[from]!;
  }
}

/** Writes all values of x to every `stride`-th place of `to`, from index `at` on. */
export function copyOut(x: FloatArray, to: FloatArray, at: number, stride: number): void {
  if (x === to) return;
  if (stride === 1 && ArrayBuffer.isView(to)) to.set(x, at);
  else for (let i = 0, place = at; i < x.length; i++, place += stride) to[place] = x[i]!;
}
