/**
 * Doubles to compute with: a plain array, which V8 keeps as unboxed doubles. Once any ArrayBuffer of the process was detached — a wasm
 * memory grew, a buffer was transferred to a worker — every access to a typed array is checked for that, and takes a third longer; plain
 * arrays do not.
 */
export type Doubles = number[];

/** So many zeros, packed. */
export function doubles(length: number): Doubles {
  // Not `new Array(length)`: that one has holes for good. A fraction makes it an array of doubles from the start.
  const values = Array.from({ length }, () => 0.5);
  return values.fill(0);
}
