import { rootIm, rootRe, unitRoot } from './unit-root';

// Plans are built twice: first to count their bytes, then to write them to memory.

// 64 bits hold the size of any plan, even of one that does not fit into memory.
let start: u64 = 0;
let cursor: u64 = 0;
let isCounting = false;

/** Starts to count the bytes of a plan. */
export function startCounting(): void {
  isCounting = true;
  start = 0;
  cursor = 0;
}

/** Starts to write a plan to the address `at`, which must be a multiple of 64. */
export function startWriting(at: usize): void {
  isCounting = false;
  start = at;
  cursor = at;
}

/** The bytes of the plan so far. */
export function bytesTaken(): f64 {
  return <f64>(cursor - start);
}

/** Reserves bytes and returns their address. Gaps keep long arrays off each other's cache sets. */
export function take(bytes: u64): usize {
  const at = <usize>cursor;
  cursor += ((bytes + 15) & ~15) + (bytes < 4096 ? 0 : 64);
  return at;
}

/** Reserves `count` values of type T. A vector that starts at the last one is still inside. */
export function takeValues<T>(count: u64): usize {
  return take(count * sizeof<T>() + 16);
}

/** Reserves bytes, fills them with zeros and returns their address, a multiple of a cache line. */
export function takeZeros(bytes: u64): usize {
  cursor = (cursor + 63) & ~63;
  const at = take(bytes);
  if (!isCounting) memory.fill(at, 0, <usize>bytes);
  return at;
}

/** Writes one word of a plan. */
export function word(at: usize, value: u32): void {
  if (!isCounting) store<u32>(at, value);
}

/** Writes e^{−2πi k/n} · scale: the real part to `at`, the imaginary part to `im`. */
export function root<T>(at: usize, im: usize, k: u64, n: u64, scale: f64 = 1): void {
  if (isCounting) return;
  unitRoot(k % n, n);
  store<T>(at, <T>(rootRe * scale));
  store<T>(im, <T>(rootIm * scale));
}

/** Whether the plan is being written. */
export function isWriting(): bool {
  return !isCounting;
}
