import { requireNumber, requireObject } from '@ds/checks';
import { complexFft } from './complex-fft.js';
import type { ComplexTransform } from './complex-transform.js';
import { type Doubles, doubles } from './doubles.js';
import { apart, spectrumApart } from './overlap.js';
import { kernelOf } from './real-fft.js';
import type { RealFft2dPlan } from './real-fft-plan.js';
import type { FloatArray, RealKernel } from './real-kernel.js';
import {
  requireOut,
  requirePlane,
  requireSpectrumOut,
  requireValues,
  type SpectrumArrays,
  type SpectrumLike,
} from './spectrum-arrays.js';
import { wholePlanes } from './whole-planes.js';

/** Number of columns transformed together. Neighbouring columns share cache lines. */
const COLUMNS = 12;

/**
 * A plan for the 2-D DFT of real planes of one size.
 *
 * Forward: `X_{k,l} = Σ_{p,q} x_{p,q} e^{−2πi (k p/H + l q/W)}`, rows k = 0 … H − 1 in FFT order,
 * columns l = 0 … floor(W/2), without a factor.
 *
 * Inverse: scaled by 1/(HW), first complex along the height, then real along the width. Imaginary
 * parts that a real plane cannot have are ignored.
 *
 * An array may hold any number of planes in sequence. The plan never forms more than the
 * half-spectrum of a plane, and has scratch for one more. Inputs may be arrays of numbers of any
 * kind. Outputs are float64, or float32 if `out` is float32. `out` may share memory with the input.
 * With several planes, a copy of the input is made then.
 *
 * @throws ConfigError if a size is not an integer ≥ 1, an array does not hold whole planes, or a
 *   factor is not finite.
 */
export class RealFft2d implements RealFft2dPlan {
  /** Columns of the half-spectrum, `floor(width/2) + 1`. */
  readonly bins: number;
  private readonly row: RealKernel;
  private readonly column: ComplexTransform;
  private readonly a: Doubles;
  private readonly b: Doubles;
  /**
   * The half-spectrum between the row and the column transforms, always float64. The first call
   * allocates it.
   */
  private scratch: SpectrumArrays | null = null;

  readonly height: number;
  readonly width: number;

  constructor(height: number, width: number) {
    requirePlane('RealFft2d', height, width);
    // `| 0` makes them small integers, see `requireLength`.
    this.height = height | 0;
    this.width = width | 0;
    this.bins = (this.width >> 1) + 1;
    this.row = kernelOf(this.width);
    this.column = complexFft(this.height);
    const columns = Math.min(COLUMNS, this.bins);
    this.a = doubles(this.column.bufferSize(columns));
    this.b = doubles(this.column.bufferSize(columns));
  }

  /**
   * The half-spectra of planes, times `factor`, written to `out` if given. All sums are in float64.
   * So with a factor of 1/(HW), means fit into float32 even if sums do not.
   *
   * Shapes: `[…, H, W]` → `[…, H, bins]`, row by row.
   */
  forward<Values extends FloatArray = Float64Array>(
    x: ArrayLike<number>,
    out?: SpectrumArrays<Values>,
    factor = 1,
  ): SpectrumArrays<Values> {
    const { height, width, bins, row } = this;
    const planes = wholePlanes('RealFft2d.forward', 'x', x, height * width);
    const size = planes * height * bins;
    if (out !== undefined) requireSpectrumOut('RealFft2d.forward', 'out', out, size);
    requireNumber('RealFft2d.forward', 'factor', factor);
    const { real, imag } = out ?? {
      real: new Float64Array(size) as unknown as Values,
      imag: new Float64Array(size) as unknown as Values,
    };
    const pixels = planes > 1 ? apart(x, real, imag) : x;
    const half = height > 1 ? this.half() : null;
    for (let plane = 0; plane < planes; plane++) {
      const top = plane * height;
      for (let p = 0; p < height; p++) {
        const from = (top + p) * width;
        for (let q = 0; q < width; q++) row.signal[q] = factor * pixels[from + q]!;
        if (half) row.forward(half.real, half.imag, p * bins);
        else row.forward(real, imag, top * bins);
      }
      if (half) this.alongHeight(half.real, half.imag, 0, real, imag, top * bins, false);
    }
    return { real, imag };
  }

  /**
   * The planes of half-spectra, written to `out` if given. The spectra are not modified. The factor
   * is applied in float64; its default is 1/(HW).
   *
   * Shapes: `[…, H, bins]` → `[…, H, W]`, row by row.
   */
  inverse<Values extends FloatArray = Float64Array>(
    spectrum: SpectrumLike,
    out?: Values,
    factor = 1 / (this.height * this.width),
  ): Values {
    const { height, width, bins, row } = this;
    requireObject('RealFft2d.inverse', 'spectrum', spectrum);
    const planes = wholePlanes('RealFft2d.inverse', 'spectrum.real', spectrum.real, height * bins);
    requireValues('RealFft2d.inverse', 'spectrum.imag', spectrum.imag, spectrum.real.length);
    const x =
      out === undefined ? (new Float64Array(planes * height * width) as unknown as Values) : out;
    requireOut('RealFft2d.inverse', 'out', x, planes * height * width);
    requireNumber('RealFft2d.inverse', 'factor', factor);
    const { real, imag } = planes > 1 ? spectrumApart(spectrum, x) : spectrum;
    const half = this.half();
    for (let plane = 0; plane < planes; plane++) {
      const top = plane * height;
      if (height > 1) this.alongHeight(real, imag, top * bins, half.real, half.imag, 0, true);
      for (let p = 0; p < height; p++) {
        if (height > 1) row.inverse(half.real, half.imag, p * bins, factor);
        else row.inverse(real, imag, top * bins, factor);
        const to = (top + p) * width;
        for (let q = 0; q < width; q++) x[to + q] = row.signal[q]!;
      }
    }
    return x;
  }

  private half(): SpectrumArrays {
    const size = this.height * this.bins;
    this.scratch ??= { real: new Float64Array(size), imag: new Float64Array(size) };
    return this.scratch;
  }

  /**
   * Transforms the columns of the plane at `start` and writes them to the plane at `target`. The
   * inverse is not scaled here.
   */
  private alongHeight(
    real: ArrayLike<number>,
    imag: ArrayLike<number>,
    start: number,
    toReal: FloatArray,
    toImag: FloatArray,
    target: number,
    isInverse: boolean,
  ): void {
    const { height, bins, a, b } = this;
    // Swapping re and im on input and output turns the forward transform into the inverse.
    const [re, im] = isInverse ? [1, 0] : [0, 1];
    // Blocks have nearly equal widths, since a last block of one column would be slow.
    const blocks = Math.ceil(bins / COLUMNS);
    for (let block = 0, first = 0; block < blocks; block++) {
      const count = Math.ceil((bins - first) / (blocks - block));
      for (let p = 0, to = 0; p < height; p++) {
        const from = start + p * bins + first;
        for (let q = 0; q < count; q++, to += 2) {
          a[to + re] = real[from + q]!;
          a[to + im] = imag[from + q]!;
        }
      }
      const z = this.column.transform(a, b, count);
      for (let p = 0, from = 0; p < height; p++) {
        const to = target + p * bins + first;
        for (let q = 0; q < count; q++, from += 2) {
          toReal[to + q] = z[from + re]!;
          toImag[to + q] = z[from + im]!;
        }
      }
      first += count;
    }
  }
}
