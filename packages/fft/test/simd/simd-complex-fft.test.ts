import { relativeError, unitSequence } from '@ds/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSimd, SimdComplexFft } from '../../src/simd.js';
import type { SpectrumLike } from '../../src/spectrum-arrays.js';
import { exactSpectrum } from '../double-double.js';

beforeAll(() => loadSimd());

/** The oracle: the exact spectra of both real parts, combined. */
function exact(re: Float64Array, im: Float64Array) {
  const n = re.length;
  const [a, b] = [exactSpectrum(re), exactSpectrum(im)];
  const at = (k: number) => (2 * k <= n ? k : n - k);
  const sign = (k: number) => (2 * k <= n ? 1 : -1);
  return {
    real: Array.from(re, (_, k) => a.real[at(k)]! - sign(k) * b.imag[at(k)]!),
    imag: Array.from(re, (_, k) => sign(k) * a.imag[at(k)]! + b.real[at(k)]!),
  };
}

const values = (seed: number, n: number) =>
  Float64Array.from(unitSequence(seed, n), (value) => Math.fround(2 * value - 1));

describe.each(['float32', 'float64'] as const)('SimdComplexFft in %s', (precision) => {
  it('is within its bound of the exact spectrum, and inverts itself', () => {
    const some = [211, 256, 338, 343, 509, 512, 729, 1009, 1024, 1155, 2048, 2187];
    for (const n of [...Array.from({ length: 130 }, (_, i) => i + 1), ...some]) {
      const x = { real: values(n, n), imag: values(n + 7, n) };
      const plan = new SimdComplexFft(n, { precision });
      const bound =
        precision === 'float32'
          ? 1.2e-7 * Math.sqrt(Math.max(1, Math.log2(n)))
          : 4e-16 * Math.log2(n) + 1e-15;
      const got = plan.forward(x);
      const want = exact(x.real, x.imag);
      expect(
        relativeError([...got.real, ...got.imag], [...want.real, ...want.imag]),
        `length ${n}`,
      ).toBeLessThanOrEqual(bound);
      const back = plan.inverse(got);
      expect(
        relativeError([...back.real, ...back.imag], [...x.real, ...x.imag]),
        `back from length ${n}`,
      ).toBeLessThanOrEqual(2 * bound);
    }
  });

  it('takes its own arrays', () => {
    const plan = new SimdComplexFft(10, { precision });
    const x = { real: values(1, 10), imag: values(2, 10) };
    const want = plan.forward(x);
    plan.input.real.set(x.real);
    plan.input.imag.set(x.imag);
    expect(plan.forward(plan.input, plan.output)).toBe(plan.output);
    expect([...plan.output.real, ...plan.output.imag]).toEqual([...want.real, ...want.imag]);
  });

  it('takes its own arrays swapped, and parts of its memory', () => {
    const n = 10;
    const plan = new SimdComplexFft(n, { precision });
    const x = { real: values(1, n), imag: values(2, n) };
    const swapped = { real: x.imag, imag: x.real };
    const { input, output } = plan;
    const listed = ({ real, imag }: SpectrumLike) => [...Array.from(real), ...Array.from(imag)];
    for (const method of ['forward', 'inverse'] as const) {
      const [want, wantSwapped] = [plan[method](x), plan[method](swapped)];
      const fill = () => {
        input.real.set(x.real);
        input.imag.set(x.imag);
      };
      const back = { real: input.imag, imag: input.real };
      fill();
      expect(listed(plan[method](back))).toEqual(listed(wantSwapped));
      const out = { real: output.imag, imag: output.real };
      expect(listed(plan[method](x, out))).toEqual(listed(want));
      fill();
      expect(listed(plan[method](back, out))).toEqual(listed(wantSwapped));
      fill();
      expect(listed(plan[method](input, back))).toEqual(listed(want));
      // A part that begins inside of the real parts, and ends inside of the imaginary parts.
      fill();
      const Values = input.real.constructor as Float64ArrayConstructor;
      const across = new Values(input.real.buffer as ArrayBuffer, input.real.byteOffset + 16, n);
      const copied = across.slice();
      const shifted = plan[method]({ real: x.imag, imag: copied });
      fill();
      const got = plan[method]({ real: x.imag, imag: across as typeof input.real });
      expect(listed(got)).toEqual(listed(shifted));
      const target = new Values(output.imag.buffer as ArrayBuffer, output.imag.byteOffset - 16, n);
      const rest = new Values(n);
      plan[method](x, { real: target, imag: rest });
      expect(listed({ real: target, imag: rest })).toEqual(listed(want));
    }
  });
});

it('SimdComplexFft refuses wrong arguments', () => {
  expect(() => new SimdComplexFft(1.5)).toThrow(
    'SimdComplexFft: length must be an integer >= 1, got 1.5',
  );
  expect(() => new SimdComplexFft(3).forward({ real: [1, 2, 3], imag: [1] })).toThrow(
    'SimdComplexFft.forward: x.imag must have 3 values, got 1',
  );
});
