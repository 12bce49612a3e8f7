import type { FloatArray } from '../real-kernel.js';
import {
  requireLength,
  requireSpectrumArrays,
  requireSpectrumOut,
  type SpectrumArrays,
  type SpectrumLike,
} from '../spectrum-arrays.js';
import { reserve, type Space } from './arena.js';
import { copySpectrumIn, copySpectrumOut } from './copy.js';
import type { Precision } from './module.js';
import { type ArrayOf, precisionOf, type SimdOptions, zeros } from './precision.js';

/**
 * A plan for the DFT of complex signals of one length n, on vectors of four float32 or two float64
 * values. Real and imaginary parts are two arrays of n values.
 *
 * Forward: `X_k = Σ_t x_t e^{−2πi k t/n}` for `k = 0 … n − 1`, without a factor.
 * Inverse: `x_t = (1/n) Σ_k X_k e^{2πi k t/n}`.
 *
 * The arrays {@link input} and {@link output} are the plan's memory: a call with them copies
 * nothing. Precision and papers: see {@link SimdRealFft}.
 *
 * @throws StateError if `loadSimd` has not been awaited.
 * @throws ConfigError if `length` is not an integer from 1 to 2²⁴, an option is wrong, or an array
 *   does not have n values.
 */
export class SimdComplexFft<Chosen extends Precision = 'float64'> {
  /** Number of values n. */
  readonly length: number;
  readonly precision: Chosen;
  /** The plan's own memory for the argument of a call. */
  readonly input: SpectrumArrays<ArrayOf<Chosen>>;
  /** The plan's own memory for the result of a call. */
  readonly output: SpectrumArrays<ArrayOf<Chosen>>;
  private readonly space: Space;

  constructor(length: number, options: SimdOptions<Chosen> = {}) {
    this.length = requireLength('SimdComplexFft', 'length', length);
    this.precision = precisionOf('SimdComplexFft', options);
    this.space = reserve(
      'SimdComplexFft',
      this.precision,
      ({ complexBytes }) => complexBytes(length),
      [length, length, length, length],
    );
    this.space.functions.makeComplex(this.space.plan, length);
    const values = this.space.arrays.map((one) => one.values as ArrayOf<Chosen>);
    this.input = { real: values[0]!, imag: values[1]! };
    this.output = { real: values[2]!, imag: values[3]! };
  }

  /** The spectrum of a signal, written to `out` if it is given. */
  forward<Values extends FloatArray = ArrayOf<Chosen>>(
    x: SpectrumLike,
    out?: SpectrumArrays<Values>,
  ): SpectrumArrays<Values> {
    return this.transform('SimdComplexFft.forward', 'x', x, out, false);
  }

  /** The signal of a spectrum, written to `out` if it is given. */
  inverse<Values extends FloatArray = ArrayOf<Chosen>>(
    spectrum: SpectrumLike,
    out?: SpectrumArrays<Values>,
  ): SpectrumArrays<Values> {
    return this.transform('SimdComplexFft.inverse', 'spectrum', spectrum, out, true);
  }

  private transform<Values extends FloatArray>(
    method: string,
    name: string,
    x: SpectrumLike,
    given: SpectrumArrays<Values> | undefined,
    isInverse: boolean,
  ): SpectrumArrays<Values> {
    const { length, precision, input, output } = this;
    requireSpectrumArrays(method, name, x, length);
    if (given !== undefined) requireSpectrumOut(method, 'out', given, length);
    const out = given ?? {
      real: zeros(precision, length) as unknown as Values,
      imag: zeros(precision, length) as unknown as Values,
    };
    copySpectrumIn(x, 0, input);
    const { functions, plan, arrays } = this.space;
    const [re, im, toRe, toIm] = arrays.map(({ address }) => address) as [
      number,
      number,
      number,
      number,
    ];
    // Swapping real and imaginary parts turns the forward DFT into the inverse.
    if (isInverse) functions.complex(plan, im, re, toIm, toRe, 1 / length);
    else functions.complex(plan, re, im, toRe, toIm, 1);
    copySpectrumOut(output, out, 0);
    return out;
  }
}
