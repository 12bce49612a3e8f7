import { type Doubles, doubles } from './doubles.js';

/** Numbers that a transform writes. */
export type FloatArray = Float64Array | Float32Array;

/** The DFT of real signals of one length, on the plan's own scratch. */
export abstract class RealKernel {
  /** Where a signal is put before `forward`, and found after `inverse`; overwritten by both. */
  readonly signal: Doubles;
  private readonly spectrum: { real: Float64Array; imag: Float64Array };

  constructor(protected readonly length: number) {
    const bins = (length >> 1) + 1;
    this.signal = doubles(length);
    this.spectrum = { real: new Float64Array(bins), imag: new Float64Array(bins) };
  }

  /** `X_k = Σ_t x_t e^{−2πi k t/n}`, k = 0 … floor(n/2), of the signal, written from `at` on. */
  abstract forward(real: FloatArray, imag: FloatArray, at: number): void;

  /** The same of a signal that is the whole of `x`, which is left as it is. */
  forwardOf(x: ArrayLike<number>, real: FloatArray, imag: FloatArray): void {
    const { signal } = this;
    for (let t = 0; t < signal.length; t++) signal[t] = x[t]!;
    this.forward(real, imag, 0);
  }

  /**
   * `x_t = scale Σ_k X_k e^{2πi k t/n}` over the Hermitian spectrum whose half is read from `at` on; imaginary parts of bins that
   * have no partner are ignored. It is a forward transform: the Hartley transform `Σ_t x_t (cos + sin)` is its own inverse up to n
   * (Bracewell 1983), and `Re X − Im X`.
   */
  inverse(real: ArrayLike<number>, imag: ArrayLike<number>, at: number, scale: number): void {
    const { signal, spectrum, length } = this;
    const paired = (length + 1) >> 1;
    signal[0] = scale * real[at]!;
    if (paired * 2 === length) signal[paired] = scale * real[at + paired]!;
    for (let k = 1; k < paired; k++) {
      const re = scale * real[at + k]!;
      const im = scale * imag[at + k]!;
      signal[k] = re - im;
      signal[length - k] = re + im;
    }
    this.forward(spectrum.real, spectrum.imag, 0);
    signal[0] = spectrum.real[0]!;
    if (paired * 2 === length) signal[paired] = spectrum.real[paired]!;
    for (let t = 1; t < paired; t++) {
      signal[t] = spectrum.real[t]! - spectrum.imag[t]!;
      signal[length - t] = spectrum.real[t]! + spectrum.imag[t]!;
    }
  }
}
