import { ComplexFft } from './complex-fft.js';

/** The Hermitian half of a real signal's spectrum: `floor(n/2) + 1` bins, as two float64 arrays. */
export interface SpectrumArrays {
  real: Float64Array;
  imag: Float64Array;
}

/**
 * A plan for the DFT of real signals of one length.
 *
 * Forward: `X_k = Σ_t x_t e^{-2πi k t / n}` for `k = 0 … floor(n/2)`, without a factor.
 * Inverse: `x_t = (1/n) Σ_k X_k e^{2πi k t / n}` over the full Hermitian spectrum, so that
 * `inverse(forward(x))` is `x` (numpy's `norm="backward"`). The imaginary parts of bin 0 and, for
 * even n, of bin n/2 cannot be Hermitian and are ignored, as numpy does.
 *
 * Powers of two run on fft.js, other lengths on Bluestein's algorithm: O(n log n) for any n ≥ 1,
 * in float64. The plan owns its scratch space: with `out` given, a call allocates nothing.
 *
 * @throws RangeError if `length` is not an integer ≥ 1, or an array does not have the plan's size.
 */
export class RealFft {
  /** Number of samples n. */
  readonly length: number;
  /** Number of bins, `floor(n/2) + 1`. */
  readonly bins: number;
  private readonly fft: ComplexFft;
  private readonly scratch: Float64Array;

  constructor(length: number) {
    if (!Number.isInteger(length) || length < 1) {
      throw new RangeError(`RealFft: length must be an integer >= 1, got ${length}`);
    }
    this.length = length;
    this.bins = Math.floor(length / 2) + 1;
    this.fft = new ComplexFft(length);
    this.scratch = new Float64Array(2 * length);
  }

  /** The half-spectrum of `x` (`length` samples), written to `out` when it is given. */
  forward(x: ArrayLike<number>, out?: SpectrumArrays): SpectrumArrays {
    requireSize('forward', 'x', x.length, this.length);
    const spectrum = out ?? {
      real: new Float64Array(this.bins),
      imag: new Float64Array(this.bins),
    };
    requireSize('forward', 'out.real', spectrum.real.length, this.bins);
    requireSize('forward', 'out.imag', spectrum.imag.length, this.bins);
    const { scratch, bins, length } = this;
    for (let t = 0; t < length; t++) {
      scratch[2 * t] = x[t]!;
      scratch[2 * t + 1] = 0;
    }
    this.fft.transform(scratch, 'forward');
    for (let k = 0; k < bins; k++) {
      spectrum.real[k] = scratch[2 * k]!;
      spectrum.imag[k] = scratch[2 * k + 1]!;
    }
    // Exactly zero for a real signal; Bluestein leaves a rounding error there.
    spectrum.imag[0] = 0 * spectrum.real[0]!;
    if (length % 2 === 0) spectrum.imag[bins - 1] = 0 * spectrum.real[bins - 1]!;
    return spectrum;
  }

  /** The signal of a half-spectrum (`bins` numbers each), written to `out` when it is given. */
  inverse(
    spectrum: { real: ArrayLike<number>; imag: ArrayLike<number> },
    out?: Float64Array,
  ): Float64Array {
    const { scratch, bins, length } = this;
    requireSize('inverse', 'spectrum.real', spectrum.real.length, bins);
    requireSize('inverse', 'spectrum.imag', spectrum.imag.length, bins);
    const x = out ?? new Float64Array(length);
    requireSize('inverse', 'out', x.length, length);
    for (let k = 0; k < bins; k++) {
      const unpaired = k === 0 || 2 * k === length;
      const re = spectrum.real[k]!;
      const im = unpaired ? 0 : spectrum.imag[k]!;
      scratch[2 * k] = re;
      scratch[2 * k + 1] = im;
      if (!unpaired) {
        scratch[2 * (length - k)] = re;
        scratch[2 * (length - k) + 1] = -im;
      }
    }
    this.fft.transform(scratch, 'inverse');
    for (let t = 0; t < length; t++) x[t] = scratch[2 * t]! / length;
    return x;
  }
}

function requireSize(method: string, name: string, got: number, want: number): void {
  if (got !== want) {
    throw new RangeError(`RealFft.${method}: ${name} must have ${want} values, got ${got}`);
  }
}
