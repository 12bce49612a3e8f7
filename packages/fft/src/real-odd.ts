import { complexFft } from './complex-fft.js';
import type { ComplexTransform } from './complex-transform.js';
import { type Doubles, doubles } from './doubles.js';
import { type FloatArray, RealKernel } from './real-kernel.js';
import { unitRoot } from './unit-root.js';

/**
 * The DFT of real signals of odd length n = r·m, by decimation in time. The r subsequences
 * `x_{rt+j}` of length m are real, so one complex transform handles two: `Z_q` of
 * `x_{rt+2q} + i x_{rt+2q+1}`. With S_j the spectra of the subsequences:
 *
 * `X_{k+lm} = Σ_j e^{−2πi jk/n} e^{−2πi jl/r} S_j(k)`,
 *
 * S_j(k) and S_j(m − k) are conjugates, so they are computed together. With r = 1, the signal is
 * the only subsequence.
 */
export class RealOdd extends RealKernel {
  private readonly a: Doubles;
  private readonly b: Doubles;
  /** Number of complex signals. The last one holds one real subsequence, the others hold two. */
  private readonly count: number;
  private readonly part: number;
  private readonly fft: ComplexTransform;
  /** e^{−2πi jk/n}, j = 0 … r − 1 for each k = 0 … (m − 1)/2. */
  private readonly twiddles: Doubles;
  /** e^{−2πi j/r}. */
  private readonly circle: Doubles;
  /** S_j(k) times its twiddle factor, for one k. */
  private readonly column: Doubles;

  /** `radix` must divide the length, and both must be odd. `radix` may be 1. */
  constructor(
    length: number,
    private readonly radix: number,
  ) {
    super(length);
    this.part = (length / radix) | 0;
    this.count = (radix + 1) >> 1;
    this.fft = complexFft(this.part);
    this.a = doubles(2 * this.part * this.count);
    this.b = doubles(2 * this.part * this.count);
    this.column = doubles(2 * radix + 2);
    this.circle = doubles(2 * radix);
    for (let j = 0; j < radix; j++) {
      [this.circle[2 * j], this.circle[2 * j + 1]] = unitRoot(j, radix);
    }
    const half = (this.part + 1) / 2;
    this.twiddles = doubles(2 * radix * half);
    for (let k = 0, at = 0; k < half; k++) {
      for (let j = 0; j < radix; j++, at += 2) {
        [this.twiddles[at], this.twiddles[at + 1]] = unitRoot((j * k) % length, length);
      }
    }
  }

  forward(real: FloatArray, imag: FloatArray, at: number): void {
    const { signal, a, b, radix, part, count, twiddles, column } = this;
    for (let t = 0, from = 0, to = 0; t < part; t++) {
      for (let j = 0; j < radix; j++) a[to++] = signal[from++]!;
      a[to++] = 0;
    }
    const z = this.fft.transform(a, b, count);
    const line = 2 * count;
    for (let k = 0; 2 * k < part; k++) {
      const here = k * line;
      const there = k === 0 ? 0 : (part - k) * line;
      const w = 2 * radix * k;
      for (let q = 0; q < line; q += 2) {
        const ar = 0.5 * z[here + q]!;
        const ai = 0.5 * z[here + q + 1]!;
        const br = 0.5 * z[there + q]!;
        const bi = -0.5 * z[there + q + 1]!;
        // The spectra of the two real subsequences, times their twiddle factors.
        turn(column, 2 * q, ar + br, ai + bi, twiddles[w + 2 * q]!, twiddles[w + 2 * q + 1]!);
        if (q + 2 === line) break;
        turn(
          column,
          2 * q + 2,
          ai - bi,
          br - ar,
          twiddles[w + 2 * q + 2]!,
          twiddles[w + 2 * q + 3]!,
        );
      }
      this.spread(k, real, imag, at);
    }
    // This part is 0, or NaN if an input is not finite. It stays 0 if only the output overflows.
    imag[at] = Number.isFinite(real[at]) ? 0 : 0 * signal.reduce((sum, x) => sum + x, 0);
  }

  /** Writes X_{k+lm} = Σ_j e^{−2πi jl/r} column_j, or its conjugate, to its bin. */
  private spread(k: number, real: FloatArray, imag: FloatArray, at: number): void {
    const { radix, part, circle, column, length } = this;
    const half = (radix - 1) >> 1;
    for (let j = 1; j <= half; j++) {
      const x = 2 * j;
      const y = 2 * (radix - j);
      const ar = column[x]!;
      const ai = column[x + 1]!;
      const br = column[y]!;
      const bi = column[y + 1]!;
      column[x] = ar + br;
      column[x + 1] = ai + bi;
      column[y] = ar - br;
      column[y + 1] = ai - bi;
    }
    for (let l = 0; l <= half; l++) {
      let er = column[0]!;
      let ei = column[1]!;
      let fr = 0;
      let fi = 0;
      for (let j = 1, step = l; j <= half; j++) {
        const c = circle[2 * step]!;
        const s = circle[2 * step + 1]!;
        er += c * column[2 * j]!;
        ei += c * column[2 * j + 1]!;
        fr -= s * column[2 * (radix - j) + 1]!;
        fi += s * column[2 * (radix - j)]!;
        step += l;
        if (step >= radix) step -= radix;
      }
      const up = k + l * part;
      if (2 * up < length) {
        real[at + up] = er + fr;
        imag[at + up] = ei + fi;
      } else {
        real[at + length - up] = er + fr;
        imag[at + length - up] = -(ei + fi);
      }
      // For −l: a bin above n/2 is the conjugate of one below.
      if (l === 0 || k === 0) continue;
      const down = k + (radix - l) * part;
      if (2 * down < length) {
        real[at + down] = er - fr;
        imag[at + down] = ei - fi;
      } else {
        real[at + length - down] = er - fr;
        imag[at + length - down] = fi - ei;
      }
    }
  }
}

function turn(to: Doubles, at: number, re: number, im: number, c: number, s: number): void {
  to[at] = re * c - im * s;
  to[at + 1] = re * s + im * c;
}
