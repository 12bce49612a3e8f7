import type { FloatArray } from './real-kernel.js';
import type { RowLayout } from './row-layout.js';
import type { SpectrumArrays, SpectrumLike } from './spectrum-arrays.js';

/** A plan for signals, as `RealFft` and `SimdRealFft` are. `Own` is the type of new arrays. */
export interface RealFftPlan<Own extends FloatArray = Float64Array> {
  /** Number of samples n. */
  readonly length: number;
  /** Number of bins, `floor(n/2) + 1`. */
  readonly bins: number;
  /** The half-spectrum of `x`, without a factor, written to `out` if it is given. */
  forward<Values extends FloatArray = Own>(
    x: ArrayLike<number>,
    out?: SpectrumArrays<Values>,
  ): SpectrumArrays<Values>;
  /** The signal of a half-spectrum, with factor 1/n, written to `out` if it is given. */
  inverse<Values extends FloatArray = Own>(spectrum: SpectrumLike, out?: Values): Values;
  /** The half-spectra of many signals. Shapes: out `[count, bins]`, row by row. */
  forwardRows<Values extends FloatArray = Own>(
    x: ArrayLike<number>,
    layout: RowLayout,
    out?: SpectrumArrays<Values>,
  ): SpectrumArrays<Values>;
  /** The signals of many half-spectra, `[count, bins]`, written to `out` in the given layout. */
  inverseRows<Values extends FloatArray>(
    spectra: SpectrumLike,
    layout: RowLayout,
    out: Values,
  ): Values;
}

/** A plan for planes, as `RealFft2d` and `SimdRealFft2d` are. */
export interface RealFft2dPlan<Own extends FloatArray = Float64Array> {
  readonly height: number;
  readonly width: number;
  /** Columns of the half-spectrum, `floor(width/2) + 1`. */
  readonly bins: number;
  /** The half-spectra of planes, times `factor` (default 1). */
  forward<Values extends FloatArray = Own>(
    x: ArrayLike<number>,
    out?: SpectrumArrays<Values>,
    factor?: number,
  ): SpectrumArrays<Values>;
  /** The planes of half-spectra, times `factor` (default 1/(HW)). */
  inverse<Values extends FloatArray = Own>(
    spectrum: SpectrumLike,
    out?: Values,
    factor?: number,
  ): Values;
}
