// Copies the pixels that a tap of a filter meets to the rows of a matrix. A product with that
// matrix handles neither borders nor strides.

import { Shape } from './shape';

/** Bytes of the copied rows of a chunk. They stay in the second-level cache. */
const CHUNK_BYTES: i32 = 1 << 17;
/** Limits of a chunk. Shorter ones would read the filter too often. */
const FEWEST_ROWS: i32 = 32;
const MOST_ROWS: i32 = 128;

/** The number of outputs in a chunk, a multiple of four, for rows of so many channels. */
export function rowsInChunk(channels: i32): i32 {
  const rows = (CHUNK_BYTES / (max(1, channels) << 2)) & ~3;
  return min(MOST_ROWS, max(FEWEST_ROWS, rows));
}

/**
 * Copies the pixels of x that some taps of one row of a filter meet at the outputs `first` to
 * `end`, in row-major order of [n, p, q]: pixels [n, s p + row, s q + column + d j] for j from 0 to
 * `taps`, side by side. Pixels outside the image are zeros. The copies are `step` bytes apart.
 */
export function gatherRows(
  x: usize,
  rows: usize,
  step: usize,
  first: i32,
  end: i32,
  row: i32,
  column: i32,
  taps: i32,
  shape: Shape,
): void {
  const height = shape.inHeight;
  const width = shape.inWidth;
  const outHeight = shape.outHeight;
  const outWidth = shape.outWidth;
  const strideHeight = shape.strideHeight;
  const strideWidth = shape.strideWidth;
  const dilation = shape.dilationWidth;
  const bytes = (<usize>shape.inChannels) << 2;
  const whole = <usize>taps * bytes;
  const reach = (taps - 1) * dilation;
  const isDense = taps === 1 || dilation === 1;
  for (let at = first; at < end; ) {
    const line = at / outWidth;
    const y = (line % outHeight) * strideHeight + row;
    const pixels = x + <usize>((line / outHeight) * height + y) * <usize>width * bytes;
    const until = min(end, (line + 1) * outWidth);
    let place = (at - line * outWidth) * strideWidth + column;
    if (<u32>y >= <u32>height) {
      for (; at < until; at++) {
        clear(rows, whole);
        rows += step;
      }
    }
    for (; at < until; at++) {
      if (isDense && place >= 0 && place + reach < width) {
        copy(pixels + <usize>place * bytes, rows, whole);
      } else {
        for (let j = 0; j < taps; j++) {
          const pixel = place + j * dilation;
          const to = rows + <usize>j * bytes;
          if (<u32>pixel < <u32>width) copy(pixels + <usize>pixel * bytes, to, bytes);
          else clear(to, bytes);
        }
      }
      rows += step;
      place += strideWidth;
    }
  }
}

/**
 * Copies the rows of one tap, as `gatherRows` makes them, back to their pixels. Rows outside the
 * image are left out.
 */
export function scatterRows(
  rows: usize,
  x: usize,
  step: usize,
  first: i32,
  end: i32,
  row: i32,
  column: i32,
  shape: Shape,
): void {
  const height = shape.inHeight;
  const width = shape.inWidth;
  const outHeight = shape.outHeight;
  const outWidth = shape.outWidth;
  const strideHeight = shape.strideHeight;
  const strideWidth = shape.strideWidth;
  const bytes = (<usize>shape.inChannels) << 2;
  for (let at = first; at < end; ) {
    const line = at / outWidth;
    const y = (line % outHeight) * strideHeight + row;
    const pixels = x + <usize>((line / outHeight) * height + y) * <usize>width * bytes;
    const until = min(end, (line + 1) * outWidth);
    const isInside = <u32>y < <u32>height;
    for (; at < until; at++) {
      const place = (at - line * outWidth) * strideWidth + column;
      if (isInside && <u32>place < <u32>width) copy(rows, pixels + <usize>place * bytes, bytes);
      rows += step;
    }
  }
}

/** Copies pixels. A loop is faster than `memory.copy` for so few bytes. */
function copy(from: usize, to: usize, bytes: usize): void {
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) v128.store(to + c, v128.load(from + c));
  for (; c < bytes; c += 4) store<f32>(to + c, load<f32>(from + c));
}

/** Writes zeros to one pixel. */
function clear(to: usize, bytes: usize): void {
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) v128.store(to + c, f32x4.splat(0));
  for (; c < bytes; c += 4) store<f32>(to + c, 0);
}
