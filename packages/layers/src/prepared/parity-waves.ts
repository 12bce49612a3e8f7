import type { Take } from './scratch-memory.js';

export type Wave = 'cos' | 'sin';
export type Parity = 0 | 1;
export const PARITIES: readonly Parity[] = [0, 1];

/** A value for the even frequencies, and one for the odd frequencies. */
export type ByParity<T> = [T, T];

/** The number of even and of odd frequencies among 0 … count − 1. */
export function parityCounts(count: number): ByParity<number> {
  return [(count + 1) >> 1, count >> 1];
}

/**
 * Cosines and sines of the frequencies j = 0 … m − 1 at n points. They give the sums
 * `y_i = Σ_j v_j cos(2π·j·i/n)` with half of the products.
 *
 * For even n, a cosine of even frequency has equal values at i and n/2 − i, and a cosine of odd
 * frequency has opposite values. For sines it is the reverse. Let E be the sum over even and O the
 * sum over odd frequencies. At i = 0 … n/4 each pair of sums gives two values:
 *
 *     y_i = E_i + O_i,    y_(n/2−i) = E_i − O_i for cosines, O_i − E_i for sines.
 *
 * For odd n, the sums are computed at i = 0 … (n − 1)/2.
 */
export class ParityWaves {
  /** The number of points i with computed sums. */
  readonly points: number;
  /** Whether the sums at i also give the value at n/2 − i. */
  readonly isMirrored: boolean;
  readonly counts: ByParity<number>;

  constructor(
    readonly n: number,
    frequencies: number,
  ) {
    this.isMirrored = n % 2 === 0;
    this.points = Math.floor(n / (this.isMirrored ? 4 : 2)) + 1;
    this.counts = parityCounts(frequencies);
  }

  /** The waves at the points from … to − 1. Shape: `[to − from, frequencies of a parity]`. */
  atPoints(wave: Wave, from: number, to: number, take: Take): ByParity<Float32Array> {
    const circle = this.#circle(wave);
    return this.counts.map((count, parity) => {
      const values = take((to - from) * count);
      for (let i = from, at = 0; i < to; i++) {
        for (let k = 0; k < count; k++) values[at++] = circle[((2 * k + parity) * i) % this.n]!;
      }
      return values;
    }) as ByParity<Float32Array>;
  }

  /** The waves of frequency j times `weights[j]`. Shape: `[frequencies of a parity, points]`. */
  weighted(wave: Wave, weights: ArrayLike<number>, take: Take): ByParity<Float32Array> {
    const circle = this.#circle(wave);
    return this.counts.map((count, parity) => {
      const values = take(count * this.points);
      for (let k = 0, at = 0; k < count; k++) {
        const j = 2 * k + parity;
        const weight = weights[j]!;
        for (let i = 0; i < this.points; i++) values[at++] = weight * circle[(j * i) % this.n]!;
      }
      return values;
    }) as ByParity<Float32Array>;
  }

  /** The wave of frequency 1. */
  #circle(wave: Wave): Float64Array {
    return Float64Array.from({ length: this.n }, (_, i) => Math[wave]((2 * Math.PI * i) / this.n));
  }
}
