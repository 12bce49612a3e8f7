import { relativeError, unitSequence } from '@ds/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { RealFft } from '../../src/plan.js';
import { loadSimd, type Precision, SimdRealFft } from '../../src/simd.js';
import { exactSpectrum } from '../double-double.js';

beforeAll(() => loadSimd());

const primes = [211, 251, 509, 997, 1009, 2039, 4099];
/** Composites of every radix, of prime factors above 13, and powers of two. */
const others = [
  256, 315, 338, 343, 360, 512, 625, 729, 1001, 1024, 1155, 1331, 2018, 2048, 2187, 3027, 4096,
  8192,
];
const lengths = [...Array.from({ length: 200 }, (_, i) => i + 1), ...primes, ...others];

/** The bounds of the docstring on the relative root-mean-square error. */
const BOUNDS: Record<Precision, (length: number) => number> = {
  float32: (n) => 1.2e-7 * Math.sqrt(Math.max(1, Math.log2(n))),
  float64: (n) => 4e-16 * Math.log2(n) + 1e-15,
};

const signal = (n: number) =>
  Float64Array.from(unitSequence(n, n), (value) => Math.fround(2 * value - 1));

describe.each(['float32', 'float64'] as const)('SimdRealFft in %s', (precision) => {
  it('is within its bound of the exact spectrum at every length, and so is the inverse', () => {
    for (const n of lengths) {
      const x = signal(n);
      const plan = new SimdRealFft(n, { precision });
      const want = exactSpectrum(x);
      const { real, imag } = plan.forward(x);
      const bound = BOUNDS[precision](n);
      const error = relativeError([...real, ...imag], [...want.real, ...want.imag]);
      expect(error, `length ${n}`).toBeLessThanOrEqual(bound);
      const back = plan.inverse(want);
      expect(relativeError(back, x), `back from length ${n}`).toBeLessThanOrEqual(bound);
      expect(relativeError(plan.inverse({ real, imag }), x), `and back, ${n}`).toBeLessThanOrEqual(
        2 * bound,
      );
    }
  });

  it('gives the same for its own arrays, for other arrays, and for rows and columns', () => {
    for (const n of [1, 2, 5, 12, 35, 61, 64]) {
      const plan = new SimdRealFft(n, { precision });
      const [x, y] = [signal(n), signal(n + 1).subarray(1)];
      const [fx, fy] = [plan.forward(x), plan.forward(y)];
      plan.signal.set(x);
      expect(plan.forward(plan.signal, plan.spectrum)).toBe(plan.spectrum);
      expect([...plan.spectrum.real, ...plan.spectrum.imag]).toEqual([...fx.real, ...fx.imag]);
      const [bx, by] = [plan.inverse(fx).slice(), plan.inverse(fy).slice()];
      const plain = plan.forward([...y]);
      expect([...plain.real]).toEqual([...fy.real]);

      const rows = plan.forwardRows(Float32Array.of(...x, ...y), { count: 2 });
      expect([...rows.real]).toEqual([...fx.real, ...fy.real]);
      const woven = Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 ? y : x)[i >> 1]!);
      const layout = { count: 2, stride: 2, distance: 1 };
      const columns = plan.forwardRows(woven, layout);
      expect([...columns.imag]).toEqual([...fx.imag, ...fy.imag]);
      const back = plan.inverseRows(columns, layout, new Float64Array(2 * n));
      expect([...back]).toEqual(Array.from(woven, (_, i) => (i % 2 ? by : bx)[i >> 1]));
    }
  });

  it('writes to `out` if it is given, else to new arrays of its precision', () => {
    const plan = new SimdRealFft(6, { precision });
    const out = { real: new Float32Array(4), imag: new Float64Array(4) as unknown as Float32Array };
    expect(plan.forward(signal(6), out)).toBe(out);
    const fresh = plan.forward(signal(6)).real;
    expect(fresh).toBeInstanceOf(precision === 'float32' ? Float32Array : Float64Array);
    expect([...out.real]).toEqual([...Float32Array.from(fresh)]);
    const x = new Float32Array(6);
    expect(plan.inverse(out, x)).toBe(x);
  });

  it('takes its own arrays swapped, and rows in its memory', () => {
    const n = 12;
    const plan = new SimdRealFft(n, { precision });
    const { bins, spectrum } = plan;
    const x = signal(n);
    const { real, imag } = plan.forward(x);
    const swapped = { real: spectrum.imag, imag: spectrum.real };
    plan.forward(x, swapped);
    expect([...swapped.real, ...swapped.imag]).toEqual([...real, ...imag]);
    const want = plan.inverse({ real: imag, imag: real });
    spectrum.real.set(real);
    spectrum.imag.set(imag);
    expect([...plan.inverse(swapped)]).toEqual([...want]);

    // Two rows that begin in the memory of the signal, and end in that of the spectrum.
    const Values = plan.signal.constructor as Float64ArrayConstructor;
    const memory = plan.signal.buffer as ArrayBuffer;
    const rows = new Values(memory, plan.signal.byteOffset, 2 * n);
    const both = Values.from([...x, ...signal(n + 1).subarray(1)]);
    const layout = { count: 2, stride: 2, distance: 1 };
    const spectra = plan.forwardRows(both, layout);
    rows.set(both);
    const fromMemory = plan.forwardRows(rows, layout);
    expect([...fromMemory.real, ...fromMemory.imag]).toEqual([...spectra.real, ...spectra.imag]);
    const woven = plan.inverseRows(spectra, layout, new Values(2 * n));
    expect([...plan.inverseRows(spectra, layout, rows)]).toEqual([...woven]);
    const out = {
      real: new Values(memory, spectrum.real.byteOffset, 2 * bins),
      imag: new Values(2 * bins),
    };
    plan.forwardRows(both, layout, out);
    expect([...out.real, ...out.imag]).toEqual([...spectra.real, ...spectra.imag]);
    expect([...plan.inverseRows(out, layout, new Values(2 * n))]).toEqual([...woven]);
  });

  it('ignores the imaginary parts that a real signal cannot have', () => {
    for (const n of [1, 4, 5, 9, 22, 64]) {
      const plan = new SimdRealFft(n, { precision });
      const { real, imag } = plan.forward(signal(n));
      const clean = plan.inverse({ real, imag });
      imag[0] = 9;
      if (n % 2 === 0) imag[n / 2] = -9;
      expect([...plan.inverse({ real, imag })]).toEqual([...clean]);
    }
  });

  it.each([1, 2, 5, 9, 16, 17, 30])(
    'propagates NaN and infinity through %i samples, as the scalar plan does',
    (n) => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const x = signal(n);
        x[n >> 1] = bad;
        const got = new SimdRealFft(n, { precision }).forward(x);
        const want = new RealFft(n).forward(x);
        const finite = ({ real, imag }: typeof want) =>
          Array.from(real, (re, k) => Number.isFinite(re) && Number.isFinite(imag[k]));
        expect(finite(got as typeof want)).toEqual(finite(want));
        expect(Number.isNaN(got.imag[0])).toBe(true);
      }
    },
  );

  it('keeps an imaginary part of 0 where only the sum overflows', () => {
    for (const n of [2, 3, 9, 16, 17, 64]) {
      const most = precision === 'float32' ? 3e38 : 1.7e308;
      const { real, imag } = new SimdRealFft(n, { precision }).forward(new Array(n).fill(most));
      expect([Number.isFinite(real[0]), imag[0]]).toEqual([false, 0]);
    }
  });
});

describe('the arguments of SimdRealFft', () => {
  const refused = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return (error as Error).message;
    }
    return 'not refused';
  };

  it('are checked', () => {
    expect(refused(() => new SimdRealFft(0))).toBe(
      'SimdRealFft: length must be an integer >= 1, got 0',
    );
    expect(refused(() => new SimdRealFft(4, { precision: 'half' as 'float32' }))).toBe(
      "SimdRealFft: precision must be 'float64' or 'float32', got \"half\"",
    );
    const plan = new SimdRealFft(4);
    expect(refused(() => plan.forward([1, 2]))).toBe(
      'SimdRealFft.forward: x must have 4 values, got 2',
    );
    expect(refused(() => plan.inverse({ real: [1], imag: [1] }))).toBe(
      'SimdRealFft.inverse: spectrum.real must have 3 values, got 1',
    );
    expect(refused(() => plan.forwardRows(new Float64Array(7), { count: 2 }))).toMatch(
      /^SimdRealFft.forwardRows: layout must stay inside of the 7 values of x/,
    );
  });
});
