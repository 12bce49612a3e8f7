export type Wave = 'cos' | 'sin';

/** Of even and of odd ones. */
export type ByParity<T> = [T, T];

/** How many even and how many odd ones there are of 0 … count − 1. */
export function kindsOf(count: number): ByParity<number> {
  return [(count + 1) >> 1, count >> 1];
}

/**
 * Sums of waves `y_k = Σ_j v_j cos(2π·j·k/n)`, j, k = 0 … n/2, and the same with sines, at half the products where n is even:
 * waves of even j are the same at k and n/2 − k, those of odd j turn their sign (sines the other way round), so that sums over
 * both kinds, at k = 0 … n/4, tell the rest.
 */
export class HalfWaves {
  /** At how many k the sums over even and over odd j are computed. */
  readonly count: number;
  /** Whether they tell what is at n/2 − k. */
  readonly tellsFar: boolean;
  /** How many even and how many odd j there are. */
  readonly kinds: ByParity<number>;

  constructor(readonly n: number) {
    const half = Math.floor(n / 2) + 1;
    this.tellsFar = n % 2 === 0;
    this.count = this.tellsFar ? Math.floor(n / 4) + 1 : half;
    this.kinds = kindsOf(half);
  }

  /** Of even j and of odd j, the waves at k = from … to − 1, written to what `take` gives: [k, j]. */
  down(wave: Wave, [from, to]: [number, number], take: Take): ByParity<Float32Array> {
    return this.#waves(wave, (circle, parity, kind) => {
      const values = take((to - from) * kind);
      for (let k = from, at = 0; k < to; k++) {
        for (let i = 0; i < kind; i++) values[at++] = circle[((2 * i + parity) * k) % this.n]!;
      }
      return values;
    });
  }

  /** Of even j and of odd j, the waves, in which j counts `weights[j]` times, and twice that if it has a mirror image −j: [j, k]. */
  across(wave: Wave, weights: ArrayLike<number>, take: Take): ByParity<Float32Array> {
    return this.#waves(wave, (circle, parity, kind) => {
      const values = take(kind * this.count);
      for (let i = 0, at = 0; i < kind; i++) {
        const j = 2 * i + parity;
        const weight = (j === 0 || 2 * j === this.n ? 1 : 2) * weights[j]!;
        for (let k = 0; k < this.count; k++) values[at++] = weight * circle[(j * k) % this.n]!;
      }
      return values;
    });
  }

  #waves(
    wave: Wave,
    make: (circle: Float64Array, parity: number, kind: number) => Float32Array,
  ): ByParity<Float32Array> {
    const circle = Float64Array.from({ length: this.n }, (_, i) =>
      Math[wave]((2 * Math.PI * i) / this.n),
    );
    return [make(circle, 0, this.kinds[0]), make(circle, 1, this.kinds[1])];
  }
}

/** Gives room for so many numbers. */
export type Take = (size: number) => Float32Array;
