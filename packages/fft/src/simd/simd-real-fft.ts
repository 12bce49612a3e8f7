import { apart, spectrumApart } from '../overlap.js';
import type { RealFftPlan } from '../real-fft-plan.js';
import type { FloatArray } from '../real-kernel.js';
import { placed, type RowLayout } from '../row-layout.js';
import {
  requireLength,
  requireOut,
  requireSpectrumArrays,
  requireSpectrumOut,
  requireValues,
  type SpectrumArrays,
  type SpectrumLike,
} from '../spectrum-arrays.js';
import { reserve, type Space } from './arena.js';
import { copyIn, copyOut, copySpectrumIn, copySpectrumOut } from './copy.js';
import type { Precision } from './module.js';
import { type ArrayOf, precisionOf, type SimdOptions, zeros } from './precision.js';

/**
 * A plan for the DFT of real signals of one length n, on vectors of four float32 or two float64
 * values.
 *
 * Forward: `X_k = Σ_t x_t e^{−2πi k t/n}` for `k = 0 … floor(n/2)`, without a factor.
 * Inverse: `x_t = (1/n) Σ_k X_k e^{2πi k t/n}` over the full Hermitian spectrum. The imaginary
 * parts of bin 0 and, for even n, of bin n/2 are ignored.
 *
 * The methods are those of `RealFft`. They copy their arguments into the plan's memory, and the
 * results out of it. The arrays {@link signal} and {@link spectrum} are that memory: a call with
 * them copies nothing. New outputs have the precision of the plan. Values that are not finite
 * propagate. Where a sum overflows, a bin is infinite or NaN.
 *
 * In float32, the relative error is at most `1.2e-7·sqrt(log₂ n)` for n ≥ 2, as a root mean square.
 * In float64 it is at most `4e-16·log₂ n + 1e-15`.
 *
 * Papers: Cochran et al. 1967 (Stockham's passes); Bluestein 1970 (lengths with a prime factor
 * above 13).
 *
 * @throws StateError if `loadSimd` has not been awaited.
 * @throws ConfigError if `length` is not an integer from 1 to 2²⁴, an option is wrong, or an array
 *   does not have the plan's size.
 */
export class SimdRealFft<Chosen extends Precision = 'float64'>
  implements RealFftPlan<ArrayOf<Chosen>>
{
  /** Number of samples n. */
  readonly length: number;
  /** Number of bins, `floor(n/2) + 1`. */
  readonly bins: number;
  readonly precision: Chosen;
  /** The plan's own memory for a signal. Any call but `forward` may overwrite it. */
  readonly signal: ArrayOf<Chosen>;
  /** The plan's own memory for a half-spectrum. Any call but `inverse` may overwrite it. */
  readonly spectrum: SpectrumArrays<ArrayOf<Chosen>>;
  private readonly space: Space;

  constructor(length: number, options: SimdOptions<Chosen> = {}) {
    this.length = requireLength('SimdRealFft', 'length', length);
    this.precision = precisionOf('SimdRealFft', options);
    this.bins = (this.length >> 1) + 1;
    const { bins } = this;
    this.space = reserve('SimdRealFft', this.precision, ({ planeBytes }) => planeBytes(1, length), [
      length,
      bins,
      bins,
    ]);
    this.space.functions.makePlane(this.space.plan, 1, length);
    const [signal, real, imag] = this.space.arrays.map(({ values }) => values as ArrayOf<Chosen>);
    this.signal = signal!;
    this.spectrum = { real: real!, imag: imag! };
  }

  /** The half-spectrum of `x` (`length` samples), written to `out` if it is given. */
  forward<Values extends FloatArray = ArrayOf<Chosen>>(
    x: ArrayLike<number>,
    out: SpectrumArrays<Values> = this.spectra(1) as unknown as SpectrumArrays<Values>,
  ): SpectrumArrays<Values> {
    const { signal, spectrum, bins, length } = this;
    // The plan's own arrays need no checks.
    if ((x as unknown) !== signal) requireValues('SimdRealFft.forward', 'x', x, length);
    if ((out as unknown) !== spectrum) {
      requireSpectrumOut('SimdRealFft.forward', 'out', out, bins);
    }
    copyIn(x, 0, 1, signal);
    this.toSpectrum();
    copySpectrumOut(spectrum, out, 0);
    return out;
  }

  /** The signal of a half-spectrum (`bins` numbers each), written to `out` if it is given. */
  inverse<Values extends FloatArray = ArrayOf<Chosen>>(
    spectrum: SpectrumLike,
    out: Values = zeros(this.precision, this.length) as unknown as Values,
  ): Values {
    const { bins, length } = this;
    if (spectrum !== this.spectrum) {
      requireSpectrumArrays('SimdRealFft.inverse', 'spectrum', spectrum, bins);
    }
    if ((out as unknown) !== this.signal) requireOut('SimdRealFft.inverse', 'out', out, length);
    copySpectrumIn(spectrum, 0, this.spectrum);
    this.toSignal();
    copyOut(this.signal, out, 0, 1);
    return out;
  }

  /**
   * The half-spectra of many signals, such as the rows of a matrix. With a `stride`, its columns.
   *
   * Shapes: out `[count, bins]`, row by row.
   *
   * @throws ConfigError if the layout reaches outside of `x`.
   */
  forwardRows<Values extends FloatArray = ArrayOf<Chosen>>(
    x: ArrayLike<number>,
    layout: RowLayout,
    given?: SpectrumArrays<Values>,
  ): SpectrumArrays<Values> {
    const { bins, length, signal, spectrum } = this;
    const method = 'SimdRealFft.forwardRows';
    const { count, stride, distance, offset } = placed(
      method,
      'x',
      x,
      layout,
      length,
      requireValues,
    );
    const out =
      given !== undefined ? given : (this.spectra(count) as unknown as SpectrumArrays<Values>);
    requireSpectrumOut(method, 'out', out, count * bins);
    const own = this.memoryOf(count);
    const from = count > 1 ? apart(x, ...own, out.real, out.imag) : x;
    const to = spectrumApart(out, ...own);
    for (let i = 0; i < count; i++) {
      copyIn(from, offset + i * distance, stride, signal);
      this.toSpectrum();
      copySpectrumOut(spectrum, to, i * bins);
    }
    copySpectrumOut(to, out, 0);
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
    const { bins, length, signal, spectrum } = this;
    const method = 'SimdRealFft.inverseRows';
    const { count, stride, distance, offset } = placed(
      method,
      'out',
      out,
      layout,
      length,
      requireOut,
    );
    requireSpectrumArrays(method, 'spectra', spectra, count * bins);
    const own = this.memoryOf(count);
    const from = count > 1 ? spectrumApart(spectra, ...own, out) : spectra;
    const to = apart(out, ...own);
    for (let i = 0; i < count; i++) {
      copySpectrumIn(from, i * bins, spectrum);
      this.toSignal();
      copyOut(signal, to, offset + i * distance, stride);
    }
    copyOut(to, out, 0, 1);
    return out;
  }

  /** The arrays that a row overwrites before the next row is read. */
  private memoryOf(count: number): ArrayOf<Chosen>[] {
    const { signal, spectrum } = this;
    return count > 1 ? [signal, spectrum.real, spectrum.imag] : [];
  }

  private toSpectrum(): void {
    const { functions, plan, arrays } = this.space;
    const [x, real, imag] = arrays;
    functions.forwardPlanes(plan, 1, x!.address, real!.address, imag!.address, 1);
  }

  private toSignal(): void {
    const { functions, plan, arrays } = this.space;
    const [x, real, imag] = arrays;
    functions.inversePlanes(plan, 1, real!.address, imag!.address, x!.address, 1 / this.length);
  }

  private spectra(count: number): SpectrumArrays<ArrayOf<Chosen>> {
    const size = count * this.bins;
    return { real: zeros(this.precision, size), imag: zeros(this.precision, size) };
  }
}
