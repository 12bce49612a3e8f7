/**
 * WGSL: whether a value is NaN, by its bits. A compiler may assume that there is no NaN, so that
 * `value != value` can be false of one.
 */
export const IS_NAN =
  'fn is_nan(value : f32) -> bool { return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u; }';
