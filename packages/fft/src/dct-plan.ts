import { halfTurns, splitOrder } from './cosine-order.js';
import { RealFft } from './real-fft.js';
import type { FloatArray } from './real-kernel.js';
import { requireLength, requireOut, requireValues } from './spectrum-arrays.js';

/**
 * A plan for the discrete cosine transform of signals of one length, in float64.
 *
 * Forward (DCT-II): `X_k = 2 Σ_t x_t cos(π k (2t + 1) / (2n))`, k = 0 … n−1.
 * Inverse (DCT-III, scaled): `x_t = (1/n) (X_0/2 + Σ_{k≥1} X_k cos(π k (2t + 1) / (2n)))`, so that
 * `inverse(forward(x))` is `x` (scipy's `norm="backward"`).
 *
 * It takes one {@link RealFft} of the same length and O(n) more (Makhoul 1980), for any n ≥ 1. The
 * plan owns its scratch space, so a call with `out` allocates nothing. `out` may be the input.
 * Values that are not finite propagate.
 *
 * @throws ConfigError if `length` is not an integer ≥ 1, or an array does not have the plan's size.
 */
export class Dct {
  /** Number of samples n, and of coefficients. */
  readonly length: number;
  private readonly fft: RealFft;
  private readonly order: number[];
  private readonly signal: Float64Array;
  private readonly spectrum: { real: Float64Array; imag: Float64Array };
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;

  constructor(length: number) {
    this.length = requireLength('Dct', 'length', length);
    this.fft = new RealFft(this.length);
    const { bins } = this.fft;
    this.order = splitOrder(this.length);
    this.signal = new Float64Array(this.length);
    this.spectrum = { real: new Float64Array(bins), imag: new Float64Array(bins) };
    [this.cos, this.sin] = halfTurns(this.length, bins);
  }

  /** The coefficients of `x` (`length` samples), written to `out` if it is given. */
  forward<Values extends FloatArray = Float64Array>(
    x: ArrayLike<number>,
    out: Values = new Float64Array(this.length) as unknown as Values,
  ): Values {
    const { length, order, signal, spectrum, cos, sin } = this;
    requireValues('Dct.forward', 'x', x, length);
    requireOut('Dct.forward', 'out', out, length);
    for (let i = 0; i < length; i++) signal[i] = x[order[i]!]!;
    const { real, imag } = this.fft.forward(signal, spectrum);
    out[0] = 2 * real[0]!;
    for (let k = 1; k < real.length; k++) {
      // Both are one coefficient for k = n/2.
      out[length - k] = 2 * (real[k]! * sin[k]! - imag[k]! * cos[k]!);
      out[k] = 2 * (real[k]! * cos[k]! + imag[k]! * sin[k]!);
    }
    return out;
  }

  /** The signal of `length` coefficients, written to `out` if it is given. */
  inverse<Values extends FloatArray = Float64Array>(
    coefficients: ArrayLike<number>,
    out: Values = new Float64Array(this.length) as unknown as Values,
  ): Values {
    const { length, order, signal, spectrum, cos, sin } = this;
    requireValues('Dct.inverse', 'coefficients', coefficients, length);
    requireOut('Dct.inverse', 'out', out, length);
    const { real, imag } = spectrum;
    real[0] = coefficients[0]! / 2;
    imag[0] = 0;
    for (let k = 1; k < real.length; k++) {
      const [even, odd] = [coefficients[k]! / 2, coefficients[length - k]! / 2];
      real[k] = even * cos[k]! + odd * sin[k]!;
      imag[k] = even * sin[k]! - odd * cos[k]!;
    }
    this.fft.inverse(spectrum, signal);
    for (let i = 0; i < length; i++) out[order[i]!] = signal[i]!;
    return out;
  }
}
