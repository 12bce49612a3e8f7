import { complexFft } from './complex-fft.js';
import type { ComplexTransform } from './complex-transform.js';
import { type Doubles, doubles } from './doubles.js';
import { type FloatArray, RealKernel } from './real-kernel.js';
import { unitRoot } from './unit-root.js';

/**
 * The DFT of real signals of even length n, by one complex transform of length N = n/2. In memory,
 * the signal already is the complex sequence `z_t = x_{2t} + i x_{2t+1}`. With Z its transform:
 *
 * `X_k = ½(Z_k + conj Z_{N−k}) − ½i e^{−2πi k/n} (Z_k − conj Z_{N−k})`.
 */
export class RealEven extends RealKernel {
  private readonly other: Doubles;
  private readonly half: number;
  private readonly fft: ComplexTransform;
  /** e^{−2πi k/n}, k = 0 … n/4. */
  private readonly roots: Doubles;

  constructor(length: number) {
    super(length);
    this.half = length >> 1;
    this.fft = complexFft(this.half);
    this.other = doubles(length);
    this.roots = doubles(2 * (Math.floor(this.half / 2) + 1));
    for (let k = 0; 2 * k < this.roots.length; k++) {
      [this.roots[2 * k], this.roots[2 * k + 1]] = unitRoot(k, length);
    }
  }

  forward(real: FloatArray, imag: FloatArray, at: number): void {
    this.split(this.fft.transform(this.signal, this.other), real, imag, at);
  }

  override forwardOf(x: ArrayLike<number>, real: FloatArray, imag: FloatArray): void {
    this.split(this.fft.transformOf(x, this.signal, this.other), real, imag, 0);
  }

  /** Computes the bins of the signal from the bins of z. */
  private split(z: Doubles, real: FloatArray, imag: FloatArray, at: number): void {
    const { half, roots } = this;
    const first = z[0]!;
    const second = z[1]!;
    real[at] = first + second;
    // This part is 0, or NaN if an input is not finite.
    imag[at] = 0 * (first + second);
    real[at + half] = first - second;
    imag[at + half] = 0 * (first - second);
    for (let k = 1, i = 2, j = 2 * half - 2; i <= j; k++, i += 2, j -= 2) {
      const ar = z[i]!;
      const ai = z[i + 1]!;
      const br = z[j]!;
      const bi = z[j + 1]!;
      const er = 0.5 * (ar + br);
      const ei = 0.5 * (ai - bi);
      const or = 0.5 * (ai + bi);
      const oi = 0.5 * (br - ar);
      const c = roots[i]!;
      const s = roots[i + 1]!;
      const tr = or * c - oi * s;
      const ti = or * s + oi * c;
      real[at + k] = er + tr;
      imag[at + k] = ei + ti;
      real[at + half - k] = er - tr;
      imag[at + half - k] = ti - ei;
    }
  }
}
