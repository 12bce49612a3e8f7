import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

export type Wave = 'cos' | 'sin';

/**
 * Sums of waves `y_k = Σ_j v_j cos(2π·j·k/n)`, j, k = 0 … n/2, and the same with sines, at half the products where n is even:
 * waves of even j are the same at k and n/2 − k, those of odd j turn their sign (sines the other way round), so that sums over
 * both kinds, at k = 0 … n/4, tell the rest.
 */
export class HalfWaves {
  /** The j that go together: even and odd ones, or all. */
  readonly classes: number[][];
  /** How many k are computed. */
  readonly count: number;
  /** How many there are, floor(n/2) + 1. */
  readonly half: number;

  constructor(readonly n: number) {
    this.half = Math.floor(n / 2) + 1;
    const all = Array.from({ length: this.half }, (_, j) => j);
    const isSplit = n % 2 === 0;
    this.classes = isSplit ? [0, 1].map((odd) => all.filter((j) => j % 2 === odd)) : [all];
    this.count = isSplit ? Math.floor(n / 4) + 1 : this.half;
  }

  /** For each class the matrix of the waves at k = from … to − 1, [k, j]. */
  down(wave: Wave, from: number, to: number): Tensor2D[] {
    const circle = this.circle(wave);
    return this.classes.map((js) => {
      const values = new Float32Array((to - from) * js.length);
      for (let k = from, at = 0; k < to; k++) {
        for (let i = 0; i < js.length; i++) values[at++] = circle[(js[i]! * k) % this.n]!;
      }
      return tensor2d(values, [to - from, js.length]);
    });
  }

  /** For each class the matrix [j, k] in which wave j counts `weights[j]` times, and twice that if it has a mirror image −j. */
  across(wave: Wave, weights: ArrayLike<number>): Tensor2D[] {
    const circle = this.circle(wave);
    return this.classes.map((js) => {
      const values = new Float32Array(js.length * this.count);
      for (let i = 0, at = 0; i < js.length; i++) {
        const j = js[i]!;
        const weight = (j === 0 || 2 * j === this.n ? 1 : 2) * weights[j]!;
        for (let k = 0; k < this.count; k++) values[at++] = weight * circle[(j * k) % this.n]!;
      }
      return tensor2d(values, [js.length, this.count]);
    });
  }

  private circle(wave: Wave): Float64Array {
    return Float64Array.from({ length: this.n }, (_, i) => Math[wave]((2 * Math.PI * i) / this.n));
  }
}

/**
 * y down and across from the sums of each class down and of each across, [3, rows, count] — one after the other, those of a class
 * down together: its lines at k and, where the waves down are split, at n/2 − k, of one channel. Across n must be even.
 */
export function joinLines(
  sums: Float32Array[],
  [down, across]: [HalfWaves, HalfWaves],
  [wave, acrossWave]: [Wave, Wave],
  line: number,
  [near, far]: [Float32Array, Float32Array],
): void {
  const [even, odd, oddEven = even, oddOdd = odd] = sums as [Float32Array, Float32Array];
  const { count, half } = across;
  const other = down.classes.length - 1;
  const turn = wave === 'cos' ? 1 : -1;
  const turnAcross = acrossWave === 'cos' ? 1 : -1;
  for (let c = 0, at = line * count; c < count; c++, at++) {
    const a = even[at]! + odd[at]!;
    const b = turnAcross * (even[at]! - odd[at]!);
    const aOther = other * (oddEven[at]! + oddOdd[at]!);
    const bOther = other * turnAcross * (oddEven[at]! - oddOdd[at]!);
    near[c] = a + aOther;
    near[half - 1 - c] = b + bOther;
    far[c] = turn * (a - aOther);
    far[half - 1 - c] = turn * (b - bOther);
  }
}
