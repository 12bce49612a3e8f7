/**
 * WGSL: tells by its bits whether a value is NaN. A compiler may assume that there is no NaN. Then
 * `value != value` is false even for NaN.
 */
export const IS_NAN =
  'fn is_nan(value : f32) -> bool { return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u; }';
