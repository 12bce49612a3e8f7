import { relativeError } from './relative-error.js';

/** The reference output of a transform. For large sizes, samples and the norm of the whole. */
export type TransformGolden =
  | number[]
  | { data: number[] }
  | { re: number[]; im: number[] }
  | {
      re: number[];
      im?: number[];
      l2: number;
      sampledBins?: number[];
      sampledPoints?: number[];
      sampledFlat?: number[];
    };

/**
 * The relative L2 error of a transform against a golden. `imag` is null for a real output. For a
 * sampled golden, the samples' rms error is scaled to the whole output and divided by 4, since a
 * few samples may exceed the mean error by that factor.
 */
export function transformError(
  real: ArrayLike<number>,
  imag: ArrayLike<number> | null,
  want: TransformGolden,
): number {
  const got = [...Array.from(real), ...Array.from(imag ?? [])];
  if (Array.isArray(want)) return relativeError(got, want);
  if ('data' in want) return relativeError(got, want.data);
  if (!('l2' in want)) return relativeError(got, [...want.re, ...want.im]);
  const at = want.sampledBins ?? want.sampledPoints ?? want.sampledFlat;
  if (!at) throw new Error('transformError: the golden names no sampled positions');
  let squares = 0;
  at.forEach((position, i) => {
    squares += (real[position]! - want.re[i]!) ** 2;
    if (imag && want.im) squares += (imag[position]! - want.im[i]!) ** 2;
  });
  return Math.sqrt(squares / at.length) / (4 * (want.l2 / Math.sqrt(real.length)));
}
