import { unitSequence } from '@ds/testing';
import { describe, expect, it } from 'vitest';
import { RealFft } from '../src/plan.js';
import { exactSpectrum } from './double-double.js';

/** A sample of lengths. DS_FFT_PRECISION=all selects every documented length, and takes minutes. */
function lengths(): number[] {
  const powers = (last: number) => Array.from({ length: last + 1 }, (_, k) => 2 ** k);
  const primes = (below: number) =>
    Array.from({ length: below - 2 }, (_, i) => i + 2).filter((n) => {
      for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
      return true;
    });
  if (process.env.DS_FFT_PRECISION === 'all') {
    const first = Array.from({ length: 2048 }, (_, i) => i + 1);
    return [...new Set([...first, ...primes(5000), ...powers(20)])];
  }
  const some = Array.from({ length: 80 }, (_, i) => i + 1);
  const others = [
    91, 121, 125, 143, 169, 210, 243, 255, 360, 427, 625, 729, 858, 1001, 1155, 1536, 1999, 2047,
  ];
  return [
    ...new Set([...some, ...others, ...primes(5000).filter((_, i) => i % 60 === 7), ...powers(14)]),
  ];
}

/** FFTW's measure: the L2 norm of the error over the L2 norm of the result. */
function relativeL2(got: Float64Array[], want: Float64Array[]): number {
  let [error, norm] = [0, 0];
  got.forEach((values, part) => {
    values.forEach((value, k) => {
      error += (value - want[part]![k]!) ** 2;
      norm += want[part]![k]! ** 2;
    });
  });
  return Math.sqrt(error / norm);
}

describe('the precision of RealFft', () => {
  it('is within 4e-16·log2(n) + 1e-15 of the exact spectrum, and so is the inverse', () => {
    let [worst, at] = [0, 0];
    for (const n of lengths()) {
      const x = Float64Array.from(unitSequence(n, n), (value) => 2 * value - 1);
      const plan = new RealFft(n);
      const bound = 4e-16 * Math.log2(n) + 1e-15;
      const { real, imag } = plan.forward(x);
      const want = exactSpectrum(x);
      const error = relativeL2([real, imag], [want.real, want.imag]);
      expect(error, `length ${n}`).toBeLessThanOrEqual(bound);
      expect(relativeL2([plan.inverse(want)], [x]), `back from length ${n}`).toBeLessThanOrEqual(
        bound,
      );
      if (error / bound > worst) [worst, at] = [error / bound, n];
    }
    console.log(`largest error: ${(100 * worst).toFixed(0)} % of the bound, at length ${at}`);
  }, 900_000);

  it('has an oracle that equals the definition at small lengths', () => {
    for (const n of [1, 2, 3, 5, 6, 8, 12]) {
      const x = Float64Array.from(unitSequence(n, n));
      const { real, imag } = exactSpectrum(x);
      for (let k = 0; k < real.length; k++) {
        const term = (f: (angle: number) => number) =>
          x.reduce((sum, v, t) => sum + v * f((2 * Math.PI * ((k * t) % n)) / n), 0);
        expect(real[k]).toBeCloseTo(term(Math.cos), 13);
        expect(imag[k]).toBeCloseTo(-term(Math.sin), 13);
      }
    }
  });
});
