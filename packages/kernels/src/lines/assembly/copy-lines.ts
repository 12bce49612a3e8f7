/** Bytes from which the engine's own copy is faster than a loop. */
const LONG: usize = 512;

/**
 * Copies `count` lines of `bytes`. Lines start every `fromStep` bytes, and go to every `toStep`
 * bytes. One pass without scratch.
 */
export function copyLines(
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  bytes: usize,
  count: i32,
): void {
  for (let line = 0; line < count; line++) {
    if (bytes >= LONG) memory.copy(to, from, bytes);
    else copyShort(from, to, bytes);
    from += fromStep;
    to += toStep;
  }
}

function copyShort(from: usize, to: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at + 4 <= bytes; at += 4) store<u32>(to + at, load<u32>(from + at));
  for (; at < bytes; at++) store<u8>(to + at, load<u8>(from + at));
}
