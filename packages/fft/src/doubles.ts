/**
 * Scratch space for float64 arithmetic: a plain array, which V8 stores as unboxed doubles. V8
 * checks every typed-array access once any ArrayBuffer of the process has been detached, as happens
 * when a wasm memory grows or a buffer moves to a worker. The check makes access a third slower.
 * Plain arrays need no check.
 */
export type Doubles = number[];

/** A packed array of `length` zeros. */
export function doubles(length: number): Doubles {
  // `new Array(length)` would stay a holey array. Filling with a fraction first makes V8 choose
  // unboxed doubles.
  const values = Array.from({ length }, () => 0.5);
  return values.fill(0);
}
