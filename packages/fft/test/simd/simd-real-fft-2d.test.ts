import { relativeError, unitSequence } from '@ds/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSimd, SimdRealFft2d } from '../../src/simd.js';

beforeAll(() => loadSimd());

/** The oracle: the definition in float64, row by row and then column by column. */
function naive(x: ArrayLike<number>, height: number, width: number) {
  const bins = Math.floor(width / 2) + 1;
  const sum = (n: number, k: number, value: (t: number) => [number, number]) => {
    let [re, im] = [0, 0];
    for (let t = 0; t < n; t++) {
      const angle = (-2 * Math.PI * ((k * t) % n)) / n;
      const [a, b] = value(t);
      re += a * Math.cos(angle) - b * Math.sin(angle);
      im += a * Math.sin(angle) + b * Math.cos(angle);
    }
    return [re, im] as [number, number];
  };
  const rows = Array.from({ length: height * bins }, (_, at) =>
    sum(width, at % bins, (q) => [x[Math.floor(at / bins) * width + q]!, 0]),
  );
  return rows.map((_, at) =>
    sum(height, Math.floor(at / bins), (p) => rows[p * bins + (at % bins)]!),
  );
}

const sizes: [number, number][] = [
  ...[1, 2, 3, 5, 7, 8, 16, 17].flatMap((h) =>
    [1, 2, 3, 4, 5, 6, 9, 15, 16, 17, 34].map((w) => [h, w] as [number, number]),
  ),
  [9, 31],
  [30, 32],
  [31, 33],
  [32, 26],
  [49, 22],
  [64, 10],
  [100, 7],
  [289, 6],
  [300, 5],
];

describe.each([
  ['float32', 4e-7],
  ['float64', 2e-15],
] as const)('SimdRealFft2d in %s', (precision, bound) => {
  it('is the definition at odd, prime and non-square sizes, and inverts itself', () => {
    for (const [h, w] of sizes) {
      const x = Float64Array.from(unitSequence(h * w, h * w), (v) => Math.fround(2 * v - 1));
      const plan = new SimdRealFft2d(h, w, { precision });
      const spectrum = plan.forward(x);
      const want = naive(x, h, w);
      const error = relativeError(
        [...spectrum.real, ...spectrum.imag],
        [...want.map(([re]) => re), ...want.map(([, im]) => im)],
      );
      // The oracle's own rounding limits float64.
      expect(error, `${h} × ${w}`).toBeLessThan(Math.max(bound, 1e-13));
      expect(relativeError(plan.inverse(spectrum), x), `${h} × ${w}`).toBeLessThan(bound);
    }
  });

  it('takes many planes, plain arrays, and its own arrays', () => {
    for (const [h, w] of [
      [1, 1],
      [4, 3],
      [5, 12],
    ] as const) {
      const plan = new SimdRealFft2d(h, w, { precision });
      const x = [...unitSequence(3, 2 * h * w)];
      const both = plan.forward(x);
      const second = plan.forward(x.slice(h * w));
      expect([...both.imag.subarray(h * plan.bins)]).toEqual([...second.imag]);
      expect([...plan.inverse(both)]).toEqual([
        ...plan.inverse(plan.forward(x.slice(0, h * w))),
        ...plan.inverse(second),
      ]);
      plan.plane.set(x.slice(h * w));
      expect(plan.forward(plan.plane, plan.spectrum)).toBe(plan.spectrum);
      expect([...plan.spectrum.real]).toEqual([...second.real]);
      expect(plan.inverse(plan.spectrum, plan.plane)).toBe(plan.plane);
    }
  });

  it('takes its own arrays swapped, and planes in its memory', () => {
    const [h, w] = [5, 6];
    const plan = new SimdRealFft2d(h, w, { precision });
    const { spectrum } = plan;
    const half = h * plan.bins;
    const x = unitSequence(3, h * w);
    const { real, imag } = plan.forward(x);
    const swapped = { real: spectrum.imag, imag: spectrum.real };
    plan.forward(x, swapped);
    expect([...swapped.real, ...swapped.imag]).toEqual([...real, ...imag]);
    const want = plan.inverse({ real: imag, imag: real });
    spectrum.real.set(real);
    spectrum.imag.set(imag);
    expect([...plan.inverse(swapped)]).toEqual([...want]);

    // Two planes that begin in the memory of the plane, and end in that of the spectrum.
    const Values = plan.plane.constructor as Float64ArrayConstructor;
    const memory = plan.plane.buffer as ArrayBuffer;
    const planes = new Values(memory, plan.plane.byteOffset, 2 * h * w);
    const both = Values.from(unitSequence(4, 2 * h * w));
    const spectra = plan.forward(both);
    planes.set(both);
    const fromMemory = plan.forward(planes);
    expect([...fromMemory.real, ...fromMemory.imag]).toEqual([...spectra.real, ...spectra.imag]);
    const back = plan.inverse(spectra);
    expect([...plan.inverse(spectra, planes)]).toEqual([...back]);
    const out = {
      real: new Values(memory, spectrum.real.byteOffset, 2 * half),
      imag: new Values(2 * half),
    };
    plan.forward(both, out);
    expect([...out.real, ...out.imag]).toEqual([...spectra.real, ...spectra.imag]);
    expect([...plan.inverse(out)]).toEqual([...back]);
  });

  it('applies the factor before the sums, and leaves its input unchanged', () => {
    const [h, w] = [6, 10];
    const large = precision === 'float32' ? 3e37 : 1e307;
    const plan = new SimdRealFft2d(h, w, { precision });
    const x = new Float64Array(h * w).fill(large);
    plan.plane.set(x);
    const { real } = plan.forward(plan.plane, undefined, 1 / (h * w));
    expect(real[0]! / large).toBeCloseTo(1, 6);
    expect([...plan.plane]).toEqual(
      [...x].map((v) => (precision === 'float32' ? Math.fround(v) : v)),
    );
    const tiny = { real: new Float64Array(h * plan.bins), imag: new Float64Array(h * plan.bins) };
    tiny.real[0] = large;
    expect(plan.inverse(tiny, undefined, 1 / 8)[7]).toBe(plan.plane[7]);
    expect(plan.plane[7]! / large).toBeCloseTo(1 / 8, 6);
    expect(tiny.real[0]).toBe(large);
  });
});

describe('the arguments of SimdRealFft2d', () => {
  it.each([
    [() => new SimdRealFft2d(0, 3), 'SimdRealFft2d: height must be an integer >= 1, got 0'],
    [
      () => new SimdRealFft2d(2, 3).forward([1, 2, 3, 4, 5, 6, 7]),
      'SimdRealFft2d.forward: x must have whole planes of 6 values, got 7',
    ],
    [
      () => new SimdRealFft2d(2, 3).forward([1, 2, 3, 4, 5, 6], undefined, Number.NaN),
      'SimdRealFft2d.forward: factor must be a finite number, got NaN',
    ],
  ])('are checked: %s', (call, message) => {
    expect(call).toThrow(message);
  });

  it('must describe a plan that fits into the memory of a module', () => {
    expect(() => new SimdRealFft2d(2 ** 24 - 3, 4)).toThrow(
      /^SimdRealFft2d: the plan must fit into 4294901760 bytes, got \d{10,}\. Use a plan of @ds\/fft\/plan$/,
    );
  });
});
