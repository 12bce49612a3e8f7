/**
 * a · b + c in each lane: one instruction, rounded once, where the module is compiled with relaxed SIMD;
 * two otherwise.
 */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}
