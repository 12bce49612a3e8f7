import type { ComplexTransform } from './complex-transform.js';
import { type Doubles, doubles } from './doubles.js';
import { MixedRadixFft } from './mixed-radix.js';
import { unitRoot } from './unit-root.js';

/**
 * The complex DFT of any length n in O(n log n) (Bluestein 1970). The chirp is
 * `c_t = e^{−πi t²/n}`. Since `k·t = (k² + t² − (k − t)²)/2`, the DFT is a convolution:
 *
 * `X_k = c_k Σ_t (x_t c_t) conj(c_{k−t})`.
 *
 * FFTs of a smooth length ≥ 2n − 1 compute it.
 */
export class Bluestein implements ComplexTransform {
  private readonly size: number;
  private readonly fft: MixedRadixFft;
  private readonly chirp: Doubles;
  /** The DFT of the conjugate chirp, divided by `size`. */
  private readonly kernel: Doubles;
  private readonly a: Doubles;
  private readonly b: Doubles;

  constructor(readonly length: number) {
    this.size = convolutionSize(2 * length - 1) | 0;
    this.fft = new MixedRadixFft(this.size);
    this.chirp = doubles(2 * length);
    for (let t = 0; t < length; t++) {
      // t² is an exact double for every length below 2^26.
      [this.chirp[2 * t], this.chirp[2 * t + 1]] = unitRoot((t * t) % (2 * length), 2 * length);
    }
    this.a = doubles(2 * this.size);
    this.b = doubles(2 * this.size);
    for (let t = 0; t < length; t++) {
      for (const at of [t, (this.size - t) % this.size]) {
        this.a[2 * at] = this.chirp[2 * t]! / this.size;
        this.a[2 * at + 1] = -this.chirp[2 * t + 1]! / this.size;
      }
    }
    this.kernel = this.fft.transform(this.a, this.b).slice();
  }

  bufferSize(count: number): number {
    return 2 * this.length * count;
  }

  transform(x: Doubles, _y: Doubles, count = 1): Doubles {
    for (let q = 0; q < count; q++) this.one(x, q, count);
    return x;
  }

  transformOf(source: ArrayLike<number>, x: Doubles, y: Doubles): Doubles {
    for (let i = 0; i < 2 * this.length; i++) x[i] = source[i]!;
    return this.transform(x, y);
  }

  private one(x: Doubles, q: number, count: number): void {
    const { a, b, chirp, kernel, length, size } = this;
    for (let t = 0, at = 2 * q; t < length; t++, at += 2 * count) {
      const re = x[at]!;
      const im = x[at + 1]!;
      const c = chirp[2 * t]!;
      const s = chirp[2 * t + 1]!;
      a[2 * t] = re * c - im * s;
      a[2 * t + 1] = re * s + im * c;
    }
    a.fill(0, 2 * length);
    const forward = this.fft.transform(a, b);
    const other = forward === a ? b : a;
    // Swapping real and imaginary parts turns the forward DFT into the inverse.
    for (let k = 0; k < 2 * size; k += 2) {
      const re = forward[k]!;
      const im = forward[k + 1]!;
      const c = kernel[k]!;
      const s = kernel[k + 1]!;
      forward[k] = re * s + im * c;
      forward[k + 1] = re * c - im * s;
    }
    const back = this.fft.transform(forward, other);
    for (let k = 0, at = 2 * q; k < length; k++, at += 2 * count) {
      const im = back[2 * k]!;
      const re = back[2 * k + 1]!;
      const c = chirp[2 * k]!;
      const s = chirp[2 * k + 1]!;
      x[at] = re * c - im * s;
      x[at + 1] = re * s + im * c;
    }
  }
}

/** The shortest length ≥ `least` that is a power of two times 1, 3, 5, 9 or 15. */
function convolutionSize(least: number): number {
  const sizes = [1, 3, 5, 9, 15].map(
    (odd) => odd * 2 ** Math.max(1, Math.ceil(Math.log2(least / odd))),
  );
  return Math.min(...sizes);
}
