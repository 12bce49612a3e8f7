/** One number of a format with 5 bits of exponent and 10 of fraction, as a float32. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The smallest number that rounds to infinity in float16. */
const BEYOND_HALF = 65520;

/**
 * The float16 nearest to a number. Of two equally near ones it is the one with an even fraction.
 * Numbers of 65 520 and more become infinite.
 */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= BEYOND_HALF) return sign | 0x7c00;
  // Below 2^-14, float16 has fixed steps of 2^-24.
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const steps = roundedToEven(size / 2 ** (exponent - 10));
  // A subnormal number has fewer than 1024 steps, and exponent 0. A carry moves into the exponent.
  return sign | (((exponent + 14) << 10) + steps);
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below + (below % 2);
  return rest > 0.5 ? below + 1 : below;
}
