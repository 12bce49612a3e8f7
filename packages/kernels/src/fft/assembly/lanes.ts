// Vectors of floats of type T: four float32 or two float64 lanes. Complex numbers are a vector of
// real parts and a vector of imaginary parts.

/** The number of lanes. */
@inline
export function lanes<T>(): usize {
  return 16 / sizeof<T>();
}

/** a · b + c in each lane, rounded once with relaxed SIMD. */
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** c − a · b in each lane. */
@inline
export function msub<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, c);
  return v128.sub<T>(c, v128.mul<T>(a, b));
}

/** The even lanes of two vectors. */
@inline
export function evens<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() === 4) return v128.shuffle<f32>(a, b, 0, 2, 4, 6);
  return v128.shuffle<f64>(a, b, 0, 2);
}

/** The odd lanes of two vectors. */
@inline
export function odds<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() === 4) return v128.shuffle<f32>(a, b, 1, 3, 5, 7);
  return v128.shuffle<f64>(a, b, 1, 3);
}

/** The lanes of the lower halves of a and b, in turns. */
@inline
export function lower<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() === 4) return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  return v128.shuffle<f64>(a, b, 0, 2);
}

/** The lanes of the upper halves of a and b, in turns. */
@inline
export function upper<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() === 4) return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  return v128.shuffle<f64>(a, b, 1, 3);
}

/** The lanes in reverse order. */
@inline
export function reversed<T>(a: v128): v128 {
  if (sizeof<T>() === 4) return v128.shuffle<f32>(a, a, 3, 2, 1, 0);
  return v128.shuffle<f64>(a, a, 1, 0);
}

/** Stores lane l of a at `to + l·step`. */
@inline
export function scatter1<T>(to: usize, step: usize, a: v128): void {
  v128.store_lane<T>(to, a, 0);
  v128.store_lane<T>(to + step, a, 1);
  if (sizeof<T>() === 4) {
    v128.store_lane<T>(to + 2 * step, a, 2);
    v128.store_lane<T>(to + 3 * step, a, 3);
  }
}

/** Stores lane l of a and of b side by side, at `to + l·step`. */
@inline
export function scatter2<T>(to: usize, step: usize, a: v128, b: v128): void {
  const low = lower<T>(a, b);
  const high = upper<T>(a, b);
  if (sizeof<T>() === 4) {
    v128.store_lane<f64>(to, low, 0);
    v128.store_lane<f64>(to + step, low, 1);
    v128.store_lane<f64>(to + 2 * step, high, 0);
    v128.store_lane<f64>(to + 3 * step, high, 1);
  } else {
    v128.store(to, low);
    v128.store(to + step, high);
  }
}

/** Stores lane l of a, b, c and d side by side, at `to + l·step`. */
@inline
export function scatter4<T>(to: usize, step: usize, a: v128, b: v128, c: v128, d: v128): void {
  if (sizeof<T>() === 4) {
    const ab = lower<T>(a, b);
    const cd = lower<T>(c, d);
    v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
    v128.store(to + step, v128.shuffle<f64>(ab, cd, 1, 3));
    const ef = upper<T>(a, b);
    const gh = upper<T>(c, d);
    v128.store(to + 2 * step, v128.shuffle<f64>(ef, gh, 0, 2));
    v128.store(to + 3 * step, v128.shuffle<f64>(ef, gh, 1, 3));
  } else {
    v128.store(to, lower<T>(a, b));
    v128.store(to, lower<T>(c, d), 16);
    v128.store(to + step, upper<T>(a, b));
    v128.store(to + step, upper<T>(c, d), 16);
  }
}
