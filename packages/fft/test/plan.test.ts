import {
  readGolden,
  relativeError,
  type TransformGolden,
  transformError,
  unitPairs,
  unitSequence,
} from '@ds/testing';
import { describe, expect, it } from 'vitest';
import { RealFft, RealFft2d } from '../src/plan.js';

interface FftCase {
  case: string;
  params: { n: number; seed: number; relL2Bound: number };
  input: number[] | { re: number[]; im: number[] } | null;
  output: TransformGolden;
}
const goldens = readGolden<FftCase>(new URL('fixtures/fft.json', import.meta.url)).cases;

/** The oracle: the O(n²) definition, with each angle reduced exactly. */
function naiveDft(x: ArrayLike<number>): { real: number[]; imag: number[] } {
  const n = x.length;
  const bins = Math.floor(n / 2) + 1;
  const real = new Array<number>(bins).fill(0);
  const imag = new Array<number>(bins).fill(0);
  for (let k = 0; k < bins; k++) {
    for (let t = 0; t < n; t++) {
      const angle = (2 * Math.PI * ((k * t) % n)) / n;
      real[k]! += x[t]! * Math.cos(angle);
      imag[k]! -= x[t]! * Math.sin(angle);
    }
  }
  return { real, imag };
}

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 16, 30, 31, 32, 64, 97, 100, 127, 128, 255, 360];

describe('RealFft', () => {
  it.each(goldens.map((c) => [c.case, c] as const))('%s is the golden', (name, golden) => {
    const plan = new RealFft(golden.params.n);
    // FFTW's measure of accuracy, and never more than 1e-14.
    const bound = Math.min(golden.params.relL2Bound, 1e-14);
    if (name.startsWith('rfft')) {
      const { real, imag } = plan.forward(
        (golden.input as number[]) ?? unitSequence(golden.params.seed, golden.params.n),
      );
      expect(transformError(real, imag, golden.output)).toBeLessThanOrEqual(bound);
    } else {
      const { re, im } =
        (golden.input as { re: number[]; im: number[] }) ??
        unitPairs(golden.params.seed, plan.bins);
      const got = plan.inverse({ real: re, imag: im });
      expect(transformError(got, null, golden.output)).toBeLessThanOrEqual(bound);
    }
  });

  it.each(lengths)('agrees with the definition at length %i', (n) => {
    const x = unitSequence(n, n);
    const want = naiveDft(x);
    const got = new RealFft(n).forward(x);
    expect(relativeError([...got.real, ...got.imag], [...want.real, ...want.imag])).toBeLessThan(
      1e-13, // the oracle's own rounding
    );
  });

  it.each([...lengths, 1009, 4096, 4099])('round-trips at length %i', (n) => {
    const x = unitSequence(7 * n, n);
    const plan = new RealFft(n);
    expect(relativeError(plan.inverse(plan.forward(x)), x)).toBeLessThan(1e-14);
  });

  it('writes to `out` if it is given', () => {
    const plan = new RealFft(12);
    const out = { real: new Float64Array(7), imag: new Float64Array(7) };
    const signal = new Float64Array(12);
    expect(plan.forward(unitSequence(1, 12), out)).toBe(out);
    expect(plan.inverse(out, signal)).toBe(signal);
  });

  it('ignores the imaginary parts that a real signal cannot have', () => {
    const plan = new RealFft(4);
    const clean = plan.inverse({ real: [1, 2, 3], imag: [0, 5, 0] });
    expect([...plan.inverse({ real: [1, 2, 3], imag: [9, 5, -9] })]).toEqual([...clean]);
  });

  it('propagates NaN and infinity', () => {
    const { real } = new RealFft(5).forward([1, Number.NaN, 0, 0, 0]);
    expect(real.every(Number.isNaN)).toBe(true);
  });

  it.each([
    [() => new RealFft(0), 'RealFft: length must be an integer >= 1, got 0'],
    [() => new RealFft(2.5), 'RealFft: length must be an integer >= 1, got 2.5'],
    [() => new RealFft(4).forward([1, 2]), 'RealFft.forward: x must have 4 values, got 2'],
    [
      () => new RealFft(4).inverse({ real: [1], imag: [1] }),
      'RealFft.inverse: spectrum.real must have 3 values, got 1',
    ],
  ])('refuses %s', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('float32 outputs', () => {
  it.each([2, 3, 9, 15, 17, 64])(
    'of %i samples hold every value that fits, and no NaN where a value overflows',
    (n) => {
      const out = () => ({
        real: new Float32Array(Math.floor(n / 2) + 1),
        imag: new Float32Array(Math.floor(n / 2) + 1),
      });
      const { real, imag } = new RealFft(n).forward(new Float32Array(n).fill(3e38), out());
      expect(real[0]).toBe(Number.POSITIVE_INFINITY);
      expect(imag[0]).toBe(0);
    },
  );

  it('of planes do not overflow where row sums cancel later', () => {
    const [h, w] = [16, 32];
    const x = new Float32Array(h * w);
    x.fill(3e37, 0, w).fill(-3e37, w, 2 * w);
    const half = h * 17;
    const out = { real: new Float32Array(half), imag: new Float32Array(half) };
    new RealFft2d(h, w).forward(x, out);
    expect([out.real[0], out.imag[0]]).toEqual([0, 0]);
    // With a factor of 1/(hw) every bin fits: X_k = w·3e37·(1 − e^{−2πi k/h})/(h w).
    new RealFft2d(h, w).forward(x, out, 1 / (h * w));
    for (let k = 0; k < h; k++) {
      const angle = (2 * Math.PI * k) / h;
      expect(out.real[k * 17]! / 3e37).toBeCloseTo((1 - Math.cos(angle)) / h, 6);
      expect(out.imag[k * 17]! / 3e37).toBeCloseTo(Math.sin(angle) / h, 6);
    }
  });

  it('of inverse planes apply the factor in float64', () => {
    const spectrum = { real: new Float32Array(5 * 3), imag: new Float32Array(5 * 3) };
    spectrum.real[0] = 1e-44;
    const x = new RealFft2d(5, 4).inverse(spectrum, new Float32Array(20), 1);
    expect(x[7]).toBe(Math.fround(1e-44));
  });
});
