import { type Doubles, doubles } from './doubles.js';

/** An output array of a transform. */
export type FloatArray = Float64Array | Float32Array;

/** The DFT of real signals of one length, computed in the plan's scratch space. */
export abstract class RealKernel {
  /** Input of `forward` and output of `inverse`. Both overwrite it. */
  readonly signal: Doubles;
  private readonly spectrum: { real: Float64Array; imag: Float64Array };

  constructor(protected readonly length: number) {
    const bins = (length >> 1) + 1;
    this.signal = doubles(length);
    this.spectrum = { real: new Float64Array(bins), imag: new Float64Array(bins) };
  }

  /** Writes `X_k = Σ_t x_t e^{−2πi k t/n}`, k = 0 … floor(n/2), starting at index `at`. */
  abstract forward(real: FloatArray, imag: FloatArray, at: number): void;

  /** Transforms all of `x` as one signal. `x` is not modified. */
  forwardOf(x: ArrayLike<number>, real: FloatArray, imag: FloatArray): void {
    const { signal } = this;
    for (let t = 0; t < signal.length; t++) signal[t] = x[t]!;
    this.forward(real, imag, 0);
  }

  /**
   * `x_t = scale Σ_k X_k e^{2πi k t/n}` over the Hermitian spectrum whose half starts at index
   * `at`. Imaginary parts of bins without a partner are ignored. A forward transform computes it:
   * the Hartley transform `Σ_t x_t (cos + sin) = Re X − Im X` is n times its own inverse (Bracewell
   * 1983).
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
