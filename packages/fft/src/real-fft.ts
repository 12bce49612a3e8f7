import { codelet, hasCodelet } from './codelets.js';
import type { Doubles } from './doubles.js';
import { apart, spectrumApart } from './overlap.js';
import { RealEven } from './real-even.js';
import type { RealFftPlan } from './real-fft-plan.js';
import type { FloatArray, RealKernel } from './real-kernel.js';
import { RealOdd } from './real-odd.js';
import { RealSmall } from './real-small.js';
import { placed, type RowLayout } from './row-layout.js';
import {
  areNumbers,
  keepsFractions,
  requireLength,
  requireOut,
  requireSpectrumArrays,
  requireSpectrumOut,
  requireValues,
  type SpectrumArrays,
  type SpectrumLike,
} from './spectrum-arrays.js';

/**
 * A plan for the DFT of real signals of one length.
 *
 * Forward: `X_k = Σ_t x_t e^{-2πi k t / n}` for `k = 0 … floor(n/2)`, without a factor.
 * Inverse: `x_t = (1/n) Σ_k X_k e^{2πi k t / n}` over the full Hermitian spectrum, so that
 * `inverse(forward(x))` is `x` (numpy's `norm="backward"`). The imaginary parts of bin 0 and, for
 * even n, of bin n/2 must be 0 in a Hermitian spectrum. They are ignored, as in numpy.
 *
 * The plan takes O(n log n) time for any n ≥ 1 and computes in float64. An even length uses one
 * complex transform of half the length. An odd length uses complex transforms of pairs of
 * subsequences. Those run on a mixed-radix FFT if all prime factors are at most 13, else on
 * Bluestein's algorithm. Only half of the spectrum is formed.
 *
 * The plan owns its scratch space, so a call with `out` allocates nothing. Values that are not
 * finite propagate. Inputs may be arrays of numbers of any kind. Outputs are float64, or float32 if
 * `out` is float32. `out` may share memory with the input. With several rows, a copy of the input
 * is made then.
 *
 * @throws ConfigError if `length` is not an integer ≥ 1, or an array does not have the plan's size.
 */
export class RealFft implements RealFftPlan {
  /** Number of samples n. */
  readonly length: number;
  /** Number of bins, `floor(n/2) + 1`. */
  readonly bins: number;
  private readonly kernel: RealKernel;
  private readonly isSmall: boolean;

  constructor(length: number) {
    this.length = requireLength('RealFft', 'length', length);
    this.bins = (this.length >> 1) + 1;
    this.kernel = kernelOf(this.length);
    this.isSmall = hasCodelet(this.length);
  }

  /** The half-spectrum of `x` (`length` samples), written to `out` when it is given. */
  forward<Values extends FloatArray = Float64Array>(
    x: ArrayLike<number>,
    out: SpectrumArrays<Values> = this.spectra(1) as unknown as SpectrumArrays<Values>,
  ): SpectrumArrays<Values> {
    const { length, bins } = this;
    // Valid arguments take one fast check. For two samples, full checks would take longer than the
    // transform.
    try {
      const isFit = x.length === length && out.real.length === bins && out.imag.length === bins;
      const isKind = areNumbers(x) && keepsFractions(out.real) && keepsFractions(out.imag);
      if (isFit && isKind && typeof x === 'object') {
        if (this.isSmall) codelet(length, x, out.real, out.imag, 0);
        else this.kernel.forwardOf(x, out.real, out.imag);
        return out;
      }
    } catch (error) {
      // The input has no length, or the output cannot be written to.
      this.requireFit(x, out);
      throw error;
    }
    this.requireFit(x, out);
    return out;
  }

  private requireFit(x: ArrayLike<number>, out: SpectrumLike): void {
    requireValues('RealFft.forward', 'x', x, this.length);
    requireSpectrumOut('RealFft.forward', 'out', out, this.bins);
  }

  /** The signal of a half-spectrum (`bins` numbers each), written to `out` when it is given. */
  inverse<Values extends FloatArray = Float64Array>(
    spectrum: SpectrumLike,
    out: Values = new Float64Array(this.length) as unknown as Values,
  ): Values {
    const { bins, length, kernel } = this;
    requireSpectrumArrays('RealFft.inverse', 'spectrum', spectrum, bins);
    requireOut('RealFft.inverse', 'out', out, length);
    kernel.inverse(spectrum.real, spectrum.imag, 0, 1 / length);
    put(kernel.signal, out, 0, 1);
    return out;
  }

  /**
   * The half-spectra of many signals, such as the rows of a matrix. With a `stride`, its columns.
   *
   * Shapes: out `[count, bins]`, row by row.
   *
   * @throws ConfigError if the layout reaches outside of `x`.
   */
  forwardRows<Values extends FloatArray = Float64Array>(
    x: ArrayLike<number>,
    layout: RowLayout,
    given?: SpectrumArrays<Values>,
  ): SpectrumArrays<Values> {
    const { bins, length, kernel } = this;
    const { count, stride, distance, offset } = placed(
      'RealFft.forwardRows',
      'x',
      x,
      layout,
      length,
      requireValues,
    );
    const out =
      given !== undefined ? given : (this.spectra(count) as unknown as SpectrumArrays<Values>);
    requireSpectrumOut('RealFft.forwardRows', 'out', out, count * bins);
    const from = count > 1 ? apart(x, out.real, out.imag) : x;
    for (let i = 0; i < count; i++) {
      take(from, offset + i * distance, stride, kernel.signal);
      kernel.forward(out.real, out.imag, i * bins);
    }
    return out;
  }

  /**
   * The signals of many half-spectra, `[count, bins]`, written to `out` in the given layout.
   *
   * @throws ConfigError if the layout reaches outside of `out`.
   */
  inverseRows<Values extends FloatArray>(
    spectra: SpectrumLike,
    layout: RowLayout,
    out: Values,
  ): Values {
    const { bins, length, kernel } = this;
    const { count, stride, distance, offset } = placed(
      'RealFft.inverseRows',
      'out',
      out,
      layout,
      length,
      requireOut,
    );
    requireSpectrumArrays('RealFft.inverseRows', 'spectra', spectra, count * bins);
    const { real, imag } = count > 1 ? spectrumApart(spectra, out) : spectra;
    for (let i = 0; i < count; i++) {
      kernel.inverse(real, imag, i * bins, 1 / length);
      put(kernel.signal, out, offset + i * distance, stride);
    }
    return out;
  }

  private spectra(count: number): SpectrumArrays {
    const size = count * this.bins;
    return { real: new Float64Array(size), imag: new Float64Array(size) };
  }
}

/** The fastest kernel for a length. */
export function kernelOf(length: number): RealKernel {
  if (hasCodelet(length)) return new RealSmall(length);
  if (length % 2 === 0) return new RealEven(length);
  // One of r subsequences has no partner. With more subsequences that costs less, but joining them
  // costs more. Measurements favour r = 7. Without a small factor, r is 1.
  return new RealOdd(length, [7, 5, 11, 13, 3].find((factor) => length % factor === 0) ?? 1);
}

function take(from: ArrayLike<number>, at: number, stride: number, to: Doubles): void {
  for (let t = 0, i = at; t < to.length; t++, i += stride) to[t] = from[i]!;
}

function put(from: Doubles, to: FloatArray, at: number, stride: number): void {
  for (let t = 0, i = at; t < from.length; t++, i += stride) to[i] = from[t]!;
}
