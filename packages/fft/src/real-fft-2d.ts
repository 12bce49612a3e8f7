import { ConfigError, requireList, requireNumber, requireObject } from '@ds/checks';
import { type ComplexTransform, complexFft } from './complex-fft.js';
import { type Doubles, doubles } from './doubles.js';
import { kernelOf } from './real-fft.js';
import type { FloatArray, RealKernel } from './real-kernel.js';
import {
  requirePlane,
  requireSpectrumArrays,
  type SpectrumArrays,
  type SpectrumLike,
} from './spectrum-arrays.js';

/** Columns that are transformed side by side: neighbours share cache lines. */
const COLUMNS = 12;

/**
 * A plan for the 2-D DFT of real planes of one size.
 *
 * Forward: `X_{k,l} = Σ_{p,q} x_{p,q} e^{−2πi (k p/H + l q/W)}`, rows k = 0 … H − 1 in FFT order,
 * columns l = 0 … floor(W/2), without a factor.
 *
 * Inverse: with 1/(HW), first complex along the height and then real along the width. It ignores
 * the imaginary parts that real planes cannot have.
 *
 * It takes any number of planes, one after the other. Of each it forms the half-spectrum at most,
 * and needs one more as scratch. Inputs may be arrays of any kind. Outputs are float64, or float32
 * if such are given.
 *
 * @throws ConfigError if a size is not an integer ≥ 1, an array is not of whole planes, or a factor
 *   is not finite.
 */
export class RealFft2d {
  /** Columns of the half-spectrum, `floor(width/2) + 1`. */
  readonly bins: number;
  private readonly row: RealKernel;
  private readonly column: ComplexTransform;
  private readonly a: Doubles;
  private readonly b: Doubles;
  /**
   * A plane between the transforms of rows and of columns, always in float64. The first call makes
   * it.
   */
  private scratch: SpectrumArrays | null = null;

  readonly height: number;
  readonly width: number;

  constructor(height: number, width: number) {
    requirePlane('RealFft2d', height, width);
    // `| 0` makes small integers of them, see `requireLength`.
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
   * The half-spectra of planes, times a factor, written to `out` if it is given. All sums are in
   * float64: with a factor of 1/(HW), means fit into float32 where sums do not.
   *
   * Shapes: `[…, H, W]` → `[…, H, bins]`, row by row.
   */
  forward<Values extends FloatArray = Float64Array>(
    x: ArrayLike<number>,
    out?: SpectrumArrays<Values>,
    factor = 1,
  ): SpectrumArrays<Values> {
    const { height, width, bins, row } = this;
    const planes = this.planes('RealFft2d.forward', 'x', x, height * width);
    const size = planes * height * bins;
    if (out !== undefined) requireSpectrumArrays('RealFft2d.forward', 'out', out, size);
    requireNumber('RealFft2d.forward', 'factor', factor);
    const { real, imag } = out ?? {
      real: new Float64Array(size) as unknown as Values,
      imag: new Float64Array(size) as unknown as Values,
    };
    const half = height > 1 ? this.half() : null;
    for (let plane = 0; plane < planes; plane++) {
      const top = plane * height;
      for (let p = 0; p < height; p++) {
        const from = (top + p) * width;
        for (let q = 0; q < width; q++) row.signal[q] = factor * x[from + q]!;
        if (half) row.forward(half.real, half.imag, p * bins);
        else row.forward(real, imag, top * bins);
      }
      if (half) this.alongHeight(half.real, half.imag, 0, real, imag, top * bins, false);
    }
    return { real, imag };
  }

  /**
   * The planes of half-spectra, written to `out` if it is given. The spectra stay as they are. The
   * factor, by default 1/(HW), is applied in float64.
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
    const { real, imag } = spectrum;
    const planes = this.planes('RealFft2d.inverse', 'spectrum.real', real, height * bins);
    requireList('RealFft2d.inverse', 'spectrum.imag', imag, real.length);
    const x =
      out === undefined ? (new Float64Array(planes * height * width) as unknown as Values) : out;
    requireList('RealFft2d.inverse', 'out', x, planes * height * width);
    requireNumber('RealFft2d.inverse', 'factor', factor);
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

  private planes(method: string, name: string, given: ArrayLike<number>, size: number): number {
    requireList(method, name, given);
    const got = given.length;
    if (got < size || got % size !== 0) {
      throw new ConfigError(
        `${method}: ${name} must have whole planes of ${size} values, got ${got}`,
      );
    }
    return got / size;
  }

  /**
   * Transforms the columns of the plane at `start` into those of the plane at `target`. The inverse
   * applies no factor.
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
    // Parts swapped on the way in and out make the forward transform the inverse.
    const [re, im] = isInverse ? [1, 0] : [0, 1];
    // Blocks of nearly the same width: a last one of a single column would be slow.
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
