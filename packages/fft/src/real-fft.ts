import { ConfigError, integerIn, requireList, requireOptions, requireSize } from '@ds/checks';
import { codelet, hasCodelet } from './codelets.js';
import type { Doubles } from './doubles.js';
import { RealEven } from './real-even.js';
import type { FloatArray, RealKernel } from './real-kernel.js';
import { RealOdd } from './real-odd.js';
import { RealSmall } from './real-small.js';
import {
  requireLength,
  requireSpectrumArrays,
  type SpectrumArrays,
  type SpectrumLike,
} from './spectrum-arrays.js';

/** Where signals lie in an array: sample t of signal i is at `offset + i·distance + t·stride`. */
export interface RowLayout {
  /** Number of signals. */
  count: number;
  /** From one sample to the next. Default 1. */
  stride?: number;
  /** From one signal to the next. Default `length · stride`. */
  distance?: number;
  /** Default 0. */
  offset?: number;
}

/**
 * A plan for the DFT of real signals of one length.
 *
 * Forward: `X_k = Σ_t x_t e^{-2πi k t / n}` for `k = 0 … floor(n/2)`, without a factor.
 * Inverse: `x_t = (1/n) Σ_k X_k e^{2πi k t / n}` over the full Hermitian spectrum, so that
 * `inverse(forward(x))` is `x` (numpy's `norm="backward"`). The imaginary parts of bin 0 and, for
 * even n, of bin n/2 cannot be Hermitian and are ignored, as numpy does.
 *
 * Even lengths become a complex transform of half the length, odd ones complex transforms of pairs of subsequences; products of 2, 3, 5,
 * 7, 11 and 13 run on a mixed-radix FFT, all others on Bluestein's algorithm: O(n log n) for any n ≥ 1, in float64, with no more
 * than half of the spectrum ever formed. The plan owns its scratch space: with `out` given, a call allocates nothing. Values that are not finite
 * propagate. Inputs may be arrays of any kind; outputs are float64, or float32 if such are given.
 *
 * @throws ConfigError if `length` is not an integer ≥ 1, or an array does not have the plan's size.
 */
export class RealFft {
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
    // One look where all is well: of two samples, three calls would take longer than the transform.
    try {
      const isFit = x.length === length && out.real.length === bins && out.imag.length === bins;
      if (isFit && typeof x === 'object') {
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
    requireList('RealFft.forward', 'x', x, this.length);
    requireSpectrumArrays('RealFft.forward', 'out', out, this.bins);
  }

  /** The signal of a half-spectrum (`bins` numbers each), written to `out` when it is given. */
  inverse<Values extends FloatArray = Float64Array>(
    spectrum: SpectrumLike,
    out: Values = new Float64Array(this.length) as unknown as Values,
  ): Values {
    const { bins, length, kernel } = this;
    requireSpectrumArrays('RealFft.inverse', 'spectrum', spectrum, bins);
    requireList('RealFft.inverse', 'out', out, length);
    kernel.inverse(spectrum.real, spectrum.imag, 0, 1 / length);
    put(kernel.signal, out, 0, 1);
    return out;
  }

  /**
   * The half-spectra of many signals at once, such as the rows of a matrix, or with a `stride` its columns.
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
    );
    const out =
      given !== undefined ? given : (this.spectra(count) as unknown as SpectrumArrays<Values>);
    requireSpectrumArrays('RealFft.forwardRows', 'out', out, count * bins);
    for (let i = 0; i < count; i++) {
      take(x, offset + i * distance, stride, kernel.signal);
      kernel.forward(out.real, out.imag, i * bins);
    }
    return out;
  }

  /**
   * The signals of many half-spectra, `[count, bins]`, written to `out` as the layout says.
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
    );
    requireSpectrumArrays('RealFft.inverseRows', 'spectra', spectra, count * bins);
    for (let i = 0; i < count; i++) {
      kernel.inverse(spectra.real, spectra.imag, i * bins, 1 / length);
      put(kernel.signal, out, offset + i * distance, stride);
    }
    return out;
  }

  private spectra(count: number): SpectrumArrays {
    const size = count * this.bins;
    return { real: new Float64Array(size), imag: new Float64Array(size) };
  }
}

/** The kernel that a length is best done with. */
export function kernelOf(length: number): RealKernel {
  if (hasCodelet(length)) return new RealSmall(length);
  if (length % 2 === 0) return new RealEven(length);
  // Of r subsequences one has no partner: the more there are, the less it matters, but joining them takes longer; 7 was measured to be best.
  // Where no small factor is, the one subsequence is the whole, as it is in Bluestein's algorithm.
  return new RealOdd(length, [7, 5, 11, 13, 3].find((factor) => length % factor === 0) ?? 1);
}

const LAYOUT = {
  count: requireSize,
  stride: requireSize,
  distance: requireSize,
  offset: integerIn(0),
};

function placed(
  method: string,
  name: string,
  x: ArrayLike<number>,
  layout: RowLayout,
  length: number,
): Required<RowLayout> {
  requireList(method, name, x);
  requireOptions<RowLayout>(method, 'layout', layout, LAYOUT, ['count']);
  const { count, stride = 1, distance = length * stride, offset = 0 } = layout;
  const last = offset + (count - 1) * distance + (length - 1) * stride;
  if (last >= x.length) {
    throw new ConfigError(
      `${method}: layout must stay inside of the ${x.length} values of ${name}, got ${JSON.stringify({ count, stride, distance, offset })}`,
    );
  }
  return { count, stride, distance, offset };
}

function take(from: ArrayLike<number>, at: number, stride: number, to: Doubles): void {
  for (let t = 0, i = at; t < to.length; t++, i += stride) to[t] = from[i]!;
}

function put(from: Doubles, to: FloatArray, at: number, stride: number): void {
  for (let t = 0, i = at; t < from.length; t++, i += stride) to[i] = from[t]!;
}
