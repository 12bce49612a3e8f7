/**
 * a · b + c in each lane. With relaxed SIMD it is one instruction with one rounding, else two
 * instructions.
 */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}
