/** The largest finite float16. */
export const LARGEST_FLOAT16 = 65504;

/** Rounds float32 numbers to the nearest float16, and to an even one on a tie. Returns the bits. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfOf);
}

/** The float16 nearest to a float32. Both are bits. */
function halfOf(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  // From 65520 on, the nearest float16 is infinite.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^−14 the unit is 2^−24.
  if (magnitude < 0x38800000) return sign | roundedToEven(floatOf(magnitude) * 2 ** 24);
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

function floatOf(bits: number): number {
  return new Float32Array(new Uint32Array([bits]).buffer)[0]!;
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
