import { expect, it } from 'vitest';
import { toFloat16 } from '../src/float16.js';

/** The number of a float16: `±1.f · 2^(e − 15)`, or `±0.f · 2^−14` below. */
function numberOf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits >> 15 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

const every = Array.from({ length: 2 ** 16 }, (_, bits) => bits);

it('keeps every float16', () => {
  const finite = every.filter((bits) => !Number.isNaN(numberOf(bits)));
  expect([...toFloat16(Float32Array.from(finite, numberOf))]).toEqual(finite);
  expect(numberOf(toFloat16(Float32Array.of(Number.NaN))[0]!)).toBeNaN();
});

it('rounds to the nearest, and to an even one halfway', () => {
  // Neighbours above 0. The last of them is infinite, at 65536 by its place in the series.
  const steps = every.slice(0, 0x7c00);
  const value = (bits: number) => (bits === 0x7c00 ? 65536 : numberOf(bits));
  const middles = steps.map((bits) => (value(bits) + value(bits + 1)) / 2);
  const gaps = steps.map((bits) => value(bits + 1) - value(bits));
  expect([...toFloat16(Float32Array.from(middles))]).toEqual(
    steps.map((bits) => bits + (bits % 2)),
  );
  const below = middles.map((middle, at) => middle - gaps[at]! / 8);
  const above = middles.map((middle, at) => middle + gaps[at]! / 8);
  expect([...toFloat16(Float32Array.from(below))]).toEqual(steps);
  expect([...toFloat16(Float32Array.from(above))]).toEqual(steps.map((bits) => bits + 1));
  expect([...toFloat16(Float32Array.from(above, (one) => -one))]).toEqual(
    steps.map((bits) => (bits + 1) | 0x8000),
  );
});
