import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../src/safetensors/float-formats.js';

describe('float16', () => {
  it.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])('0x%s is %s', (bits, value) => {
    expect(fromHalf(bits)).toBe(value);
    expect(toHalf(value)).toBe(bits);
  });

  it('keeps every number through both conversions', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromHalf(bits);
      if (!Number.isNaN(value)) expect(toHalf(value)).toBe(bits);
    }
    expect(fromHalf(toHalf(Number.NaN))).toBeNaN();
  });

  it('rounds to the nearest number, and halves to the even one', () => {
    const one = 0x3c00;
    expect(toHalf(1 + 2 ** -11)).toBe(one);
    expect(toHalf(1 + 2 ** -11 + 2 ** -20)).toBe(one + 1);
    expect(toHalf(1 + 3 * 2 ** -11)).toBe(one + 2);
    // A carry reaches the exponent, of subnormal numbers too.
    expect(toHalf(2 - 2 ** -12)).toBe(0x4000);
    expect(toHalf(2 ** -14 - 2 ** -26)).toBe(0x0400);
    expect(toHalf(2 ** -25)).toBe(0);
    expect(toHalf(65519.9)).toBe(0x7bff);
    expect(toHalf(65520)).toBe(0x7c00);
  });
});
