import { requireNumber, requireObject } from '@ds/checks';
import { apart, spectrumApart } from '../overlap.js';
import type { RealFft2dPlan } from '../real-fft-plan.js';
import type { FloatArray } from '../real-kernel.js';
import {
  requireOut,
  requirePlane,
  requireSpectrumOut,
  requireValues,
  type SpectrumArrays,
  type SpectrumLike,
} from '../spectrum-arrays.js';
import { wholePlanes } from '../whole-planes.js';
import { reserve, type Space } from './arena.js';
import { copyIn, copyOut, copySpectrumIn, copySpectrumOut } from './copy.js';
import type { Precision } from './module.js';
import { type ArrayOf, precisionOf, type SimdOptions, zeros } from './precision.js';

/**
 * A plan for the 2-D DFT of real planes of one size, on vectors of four float32 or two float64
 * values. The rows are transformed one by one. Then the lanes of a vector are neighbouring columns.
 *
 * Forward: `X_{k,l} = Σ_{p,q} x_{p,q} e^{−2πi (k p/H + l q/W)}`, rows k = 0 … H − 1 in FFT order,
 * columns l = 0 … floor(W/2), without a factor.
 *
 * Inverse: scaled by 1/(HW), first complex along the height, then real along the width. Imaginary
 * parts that a real plane cannot have are ignored.
 *
 * The methods are those of `RealFft2d`. An array may hold any number of planes in sequence. The
 * plan copies plane by plane into its memory. The arrays {@link plane} and {@link spectrum} are
 * that memory: a call with them copies nothing. New outputs have the precision of the plan.
 *
 * Precision and papers: see {@link SimdRealFft}.
 *
 * @throws StateError if `loadSimd` has not been awaited.
 * @throws ConfigError if a size is not an integer ≥ 1, the plan does not fit into 4 GiB, an option
 *   is wrong, an array does not hold whole planes, or a factor is not finite.
 */
export class SimdRealFft2d<Chosen extends Precision = 'float64'>
  implements RealFft2dPlan<ArrayOf<Chosen>>
{
  readonly height: number;
  readonly width: number;
  /** Columns of the half-spectrum, `floor(width/2) + 1`. */
  readonly bins: number;
  readonly precision: Chosen;
  /** The plan's own memory for one plane. Any call but `forward` may overwrite it. */
  readonly plane: ArrayOf<Chosen>;
  /** The plan's own memory for one half-spectrum. Any call but `inverse` may overwrite it. */
  readonly spectrum: SpectrumArrays<ArrayOf<Chosen>>;
  private readonly space: Space;

  constructor(height: number, width: number, options: SimdOptions<Chosen> = {}) {
    requirePlane('SimdRealFft2d', height, width);
    this.precision = precisionOf('SimdRealFft2d', options);
    this.height = height;
    this.width = width;
    this.bins = (width >> 1) + 1;
    const half = height * this.bins;
    this.space = reserve(
      'SimdRealFft2d',
      this.precision,
      ({ planeBytes }) => planeBytes(height, width),
      [height * width, half, half],
    );
    this.space.functions.makePlane(this.space.plan, height, width);
    const [plane, real, imag] = this.space.arrays.map(({ values }) => values as ArrayOf<Chosen>);
    this.plane = plane!;
    this.spectrum = { real: real!, imag: imag! };
  }

  /**
   * The half-spectra of planes, times `factor`, written to `out` if given. The factor is applied
   * before the sums. So with a factor of 1/(HW), means fit into float32 even if sums do not.
   *
   * Shapes: `[…, H, W]` → `[…, H, bins]`, row by row.
   */
  forward<Values extends FloatArray = ArrayOf<Chosen>>(
    x: ArrayLike<number>,
    given?: SpectrumArrays<Values>,
    factor = 1,
  ): SpectrumArrays<Values> {
    const { height, width, bins, precision, plane, spectrum } = this;
    const method = 'SimdRealFft2d.forward';
    const planes = wholePlanes(method, 'x', x, height * width);
    const half = height * bins;
    if (given !== undefined) requireSpectrumOut(method, 'out', given, planes * half);
    requireNumber(method, 'factor', factor);
    const out = given ?? {
      real: zeros(precision, planes * half) as unknown as Values,
      imag: zeros(precision, planes * half) as unknown as Values,
    };
    const { functions, plan, arrays } = this.space;
    const [signal, real, imag] = arrays;
    const own = this.memoryOf(planes);
    const from = planes > 1 ? apart(x, ...own, out.real, out.imag) : x;
    const to = spectrumApart(out, ...own);
    for (let i = 0; i < planes; i++) {
      copyIn(from, i * plane.length, 1, plane);
      functions.forwardPlanes(plan, 1, signal!.address, real!.address, imag!.address, factor);
      copySpectrumOut(spectrum, to, i * half);
    }
    copySpectrumOut(to, out, 0);
    return out;
  }

  /**
   * The planes of half-spectra, written to `out` if given. The spectra are not modified. The factor
   * is applied before the sums. Its default is 1/(HW).
   *
   * Shapes: `[…, H, bins]` → `[…, H, W]`, row by row.
   */
  inverse<Values extends FloatArray = ArrayOf<Chosen>>(
    spectrum: SpectrumLike,
    given?: Values,
    factor = 1 / (this.height * this.width),
  ): Values {
    const { height, width, bins, precision, plane, spectrum: own } = this;
    const method = 'SimdRealFft2d.inverse';
    requireObject(method, 'spectrum', spectrum);
    const half = height * bins;
    const planes = wholePlanes(method, 'spectrum.real', spectrum.real, half);
    requireValues(method, 'spectrum.imag', spectrum.imag, spectrum.real.length);
    const size = planes * height * width;
    const out = given === undefined ? (zeros(precision, size) as unknown as Values) : given;
    requireOut(method, 'out', out, size);
    requireNumber(method, 'factor', factor);
    const { functions, plan, arrays } = this.space;
    const [signal, real, imag] = arrays;
    const memory = this.memoryOf(planes);
    const from = planes > 1 ? spectrumApart(spectrum, ...memory, out) : spectrum;
    const to = apart(out, ...memory);
    for (let i = 0; i < planes; i++) {
      copySpectrumIn(from, i * half, own);
      functions.inversePlanes(plan, 1, real!.address, imag!.address, signal!.address, factor);
      copyOut(plane, to, i * plane.length, 1);
    }
    copyOut(to, out, 0, 1);
    return out;
  }

  /** The arrays that a plane overwrites before the next plane is read. */
  private memoryOf(planes: number): ArrayOf<Chosen>[] {
    const { plane, spectrum } = this;
    return planes > 1 ? [plane, spectrum.real, spectrum.imag] : [];
  }
}
