import { beforeAll, describe, expect, it } from 'vitest';
import { Dct, type FloatArray, RealFft, RealFft2d, type SpectrumArrays } from '../src/plan.js';
import { loadSimd, SimdComplexFft, SimdRealFft, SimdRealFft2d } from '../src/simd.js';

beforeAll(() => loadSimd());

const LENGTHS = [8, 17];

/** Each plan for `n` values, with the names of its classes in errors. */
const PLANS = {
  RealFft: (n: number) => new RealFft(n),
  SimdRealFft: (n: number) => new SimdRealFft(n),
  RealFft2d: (n: number) => new RealFft2d(1, n),
  SimdRealFft2d: (n: number) => new SimdRealFft2d(1, n),
};

const WRITTEN = [Int32Array, Uint8Array, BigInt64Array] as unknown as (new (
  n: number,
) => FloatArray)[];

describe.each(Object.entries(PLANS))('%s', (name, make) => {
  it.each(LENGTHS)('refuses outputs of integers, which would cut fractions off, at %i', (n) => {
    const { bins } = make(n);
    for (const Integers of WRITTEN) {
      const real = new Integers(bins);
      const rule = `must be a Float64Array or a Float32Array, got ${Integers.name}`;
      expect(() => make(n).forward(new Float64Array(n), { real, imag: real })).toThrow(
        `${name}.forward: out.real ${rule}(${bins})`,
      );
      const imag = new Float64Array(bins);
      expect(() => make(n).forward(new Float64Array(n), { real: imag, imag: real })).toThrow(
        `${name}.forward: out.imag ${rule}(${bins})`,
      );
      const spectrum = { real: imag, imag };
      expect(() => make(n).inverse(spectrum, new Integers(n))).toThrow(
        `${name}.inverse: out ${rule}(${n})`,
      );
    }
  });

  it.each(LENGTHS)('refuses texts, lists and bigints as inputs at %i', (n) => {
    const inputs = [
      ['"1"', Array.from({ length: n }, () => '1')],
      ['[1]', Array.from({ length: n }, () => [1])],
      ['0n', new BigInt64Array(n)],
    ] as [string, unknown][];
    for (const [got, x] of inputs) {
      expect(() => make(n).forward(x as number[])).toThrow(
        `${name}.forward: x[0] must be a number, got ${got}`,
      );
    }
    const { bins } = make(n);
    const spectrum = { real: new Float64Array(bins), imag: new BigInt64Array(bins) };
    expect(() => make(n).inverse(spectrum as never)).toThrow(/imag\[0\] must be a number, got 0n$/);
  });
});

it('Dct refuses outputs of integers and inputs that are not numbers', () => {
  const integers = new Int32Array(8) as unknown as Float32Array;
  const rule = 'must be a Float64Array or a Float32Array, got Int32Array(8)';
  expect(() => new Dct(8).forward(new Float64Array(8), integers)).toThrow(
    `Dct.forward: out ${rule}`,
  );
  expect(() => new Dct(8).inverse(new Float64Array(8), integers)).toThrow(
    `Dct.inverse: out ${rule}`,
  );
  const texts = Array.from({ length: 8 }, () => '2') as unknown as number[];
  expect(() => new Dct(8).forward(texts)).toThrow('Dct.forward: x[0] must be a number, got "2"');
  expect(() => new Dct(8).inverse(texts)).toThrow(
    'Dct.inverse: coefficients[0] must be a number, got "2"',
  );
});

it('SimdComplexFft refuses outputs of integers and inputs that are not numbers', () => {
  const x = { real: new Float64Array(8), imag: new Float64Array(8) };
  const integers = { real: new Int32Array(8), imag: x.imag } as unknown as SpectrumArrays;
  expect(() => new SimdComplexFft(8).forward(x, integers)).toThrow(
    'SimdComplexFft.forward: out.real must be a Float64Array or a Float32Array, got Int32Array(8)',
  );
  const bigints = { real: new BigInt64Array(8), imag: x.imag } as never;
  expect(() => new SimdComplexFft(8).inverse(bigints)).toThrow(
    'SimdComplexFft.inverse: spectrum.real[0] must be a number, got 0n',
  );
});

/** Places of input and output in one memory, in values: equal, and shifted both ways. */
const SHIFTS = [
  [0, 0],
  [0, 3],
  [5, 0],
];

describe.each([
  ['RealFft2d', RealFft2d],
  ['SimdRealFft2d', SimdRealFft2d],
])('%s', (_, Plan) => {
  it.each([
    [1, 5],
    [4, 1],
    [4, 6],
    [3, 5],
  ])('gives the same planes of %i×%i where input and output share memory', (height, width) => {
    const plan = new Plan(height, width);
    const [size, half] = [3 * height * width, 3 * height * plan.bins];
    const x = Float64Array.from({ length: size }, (_, i) => Math.sin(i * i + 1));
    const { real, imag } = plan.forward(x);
    for (const [from, to] of SHIFTS as [number, number][]) {
      const memory = new Float64Array(size + 2 * half + 8);
      memory.set(x, from);
      const out = {
        real: memory.subarray(to, to + half),
        imag: memory.subarray(to + half, to + 2 * half),
      };
      plan.forward(memory.subarray(from, from + size), out);
      expect(out).toEqual({ real, imag });
      memory.set(real, to);
      memory.set(imag, to + half);
      const y = plan.inverse(out, memory.subarray(from, from + size));
      y.forEach((value, i) => {
        expect(value).toBeCloseTo(x[i]!, 12);
      });
    }
  });
});

describe.each([
  ['RealFft', RealFft],
  ['SimdRealFft', SimdRealFft],
])('%s', (_, Plan) => {
  it.each(LENGTHS)('gives the same rows of %i where input and output share memory', (n) => {
    const plan = new Plan(n);
    const [size, half] = [3 * n, 3 * plan.bins];
    const x = Float64Array.from({ length: size }, (_, i) => Math.sin(i * i + 1));
    const { real, imag } = plan.forwardRows(x, { count: 3 });
    for (const [from, to] of SHIFTS as [number, number][]) {
      const memory = new Float64Array(size + 2 * half + 8);
      memory.set(x, from);
      const out = {
        real: memory.subarray(to, to + half),
        imag: memory.subarray(to + half, to + 2 * half),
      };
      plan.forwardRows(memory.subarray(from, from + size), { count: 3 }, out);
      expect(out).toEqual({ real, imag });
      memory.set(real, to);
      memory.set(imag, to + half);
      const y = plan.inverseRows(out, { count: 3 }, memory.subarray(from, from + size));
      y.forEach((value, i) => {
        expect(value).toBeCloseTo(x[i]!, 12);
      });
    }
  });

  it('reads a plain array whole before it writes to it', () => {
    const plan = new Plan(2);
    const x = [1, 2, 3, 4];
    const imag = new Float64Array(4);
    plan.forwardRows(x, { count: 2 }, { real: x as unknown as Float64Array, imag });
    expect(x).toEqual([3, -1, 7, -1]);
  });
});
