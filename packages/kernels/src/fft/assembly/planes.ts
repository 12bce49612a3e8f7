import { take, takeValues, takeZeros, word } from './building';
import { mostColumns, planColumns, transformColumns } from './columns';
import { lanes } from './lanes';
import { forwardReal, inverseReal, planReal } from './real';
import { scale } from './scale';

// The DFT of real planes: real along the rows, then complex along the columns. Words of a plan: 0
// the height, 4 the width, 8 and 12 the plans of rows and columns, 16 and 20 the real and imaginary
// parts of a half-spectrum, 24 bytes from one of its rows to the next, 28 a row.

/** The bytes of a cache line. */
const LINE: u32 = 64;

/** Plans real DFTs of planes. */
export function planPlane<T>(height: u32, width: u32): usize {
  const plan = take(32);
  const lines = ((width / 2 + 1) * sizeof<T>() + LINE - 1) / LINE;
  // An odd number of lines spreads a column over all cache sets.
  const pitch = <u64>(lines | 1) * LINE;
  word(plan, height);
  word(plan + 4, width);
  word(plan + 8, <u32>planReal<T>(width));
  word(plan + 12, <u32>planColumns<T>(height, mostColumns<T>(height) + <u32>lanes<T>()));
  const isLine = height === 1;
  word(plan + 16, <u32>takeZeros(isLine ? 0 : height * pitch));
  word(plan + 20, <u32>takeZeros(isLine ? 0 : height * pitch));
  word(plan + 24, <u32>pitch);
  word(plan + 28, <u32>takeValues<T>(width));
  return plan;
}

/** The half-spectrum of a plane, times `factor`. */
export function forwardPlane<T>(plan: usize, x: usize, real: usize, imag: usize, factor: T): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const row = <usize>load<u32>(plan, 8);
  const scaled = <usize>load<u32>(plan, 28);
  const bytes = (width / 2 + 1) * sizeof<T>();
  // Scratch space is slower. It is for columns that are too few for a vector, or that share few
  // cache sets.
  const isInPlace = height === 1 || (bytes >= 16 && bytes % 256 !== 0);
  const hr = isInPlace ? real : <usize>load<u32>(plan, 16);
  const hi = isInPlace ? imag : <usize>load<u32>(plan, 20);
  const pitch = isInPlace ? bytes : <usize>load<u32>(plan, 24);
  for (let p: usize = 0; p < height; p++) {
    let from = x + p * width * sizeof<T>();
    if (factor !== 1) {
      scale<T>(from, scaled, width, factor);
      from = scaled;
    }
    forwardReal<T>(row, from, hr + p * pitch, hi + p * pitch);
  }
  if (height === 1) return;
  alongHeight<T>(plan, isInPlace ? bytes : (bytes + 15) & ~15, pitch, hr, hi);
  if (isInPlace) return;
  for (let p: usize = 0; p < height; p++) {
    copyRow(hr + p * pitch, real + p * bytes, bytes);
    copyRow(hi + p * pitch, imag + p * bytes, bytes);
  }
}

/**
 * Copies a row. For few values it is faster than `memory.copy`, which engines call as a function.
 */
function copyRow(x: usize, y: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(y + at, v128.load(x + at));
  for (; at < bytes; at += 4) store<f32>(y + at, load<f32>(x + at));
}

/** The plane of a half-spectrum, times `factor`. 1/(HW) inverts {@link forwardPlane}. */
export function inversePlane<T>(plan: usize, real: usize, imag: usize, x: usize, factor: T): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const row = <usize>load<u32>(plan, 8);
  if (height === 1) {
    inverseReal<T>(row, real, imag, x, factor);
    return;
  }
  const pitch = <usize>load<u32>(plan, 24);
  const hr = <usize>load<u32>(plan, 16);
  const hi = <usize>load<u32>(plan, 20);
  const bins = width / 2 + 1;
  for (let p: usize = 0; p < height; p++) {
    const at = p * bins * sizeof<T>();
    scale<T>(real + at, hr + p * pitch, bins, factor);
    scale<T>(imag + at, hi + p * pitch, bins, factor);
  }
  // Swapping real and imaginary parts turns the forward DFT into the inverse.
  alongHeight<T>(plan, (bins * sizeof<T>() + 15) & ~15, pitch, hi, hr);
  for (let p: usize = 0; p < height; p++) {
    const to = x + p * width * sizeof<T>();
    inverseReal<T>(row, hr + p * pitch, hi + p * pitch, to, 1);
  }
}

/**
 * Transforms the columns of the first `end` bytes of each row in place, block by block. The last
 * block is larger if the rest would not fill a vector.
 */
function alongHeight<T>(plan: usize, end: usize, pitch: usize, re: usize, im: usize): void {
  const column = <usize>load<u32>(plan, 12);
  const block = <usize>mostColumns<T>(load<u32>(plan)) * sizeof<T>();
  let at: usize = 0;
  while (at < end) {
    const bytes = end - at < block + 16 ? end - at : block;
    const columns = bytes / sizeof<T>();
    transformColumns<T>(column, columns, pitch, re + at, im + at, pitch, re + at, im + at);
    at += bytes;
  }
}

/** {@link forwardPlane} for `count` planes in a row. */
export function forwardPlanes<T>(
  plan: usize,
  count: u32,
  x: usize,
  real: usize,
  imag: usize,
  factor: T,
): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const half = height * (width / 2 + 1) * sizeof<T>();
  for (let i: u32 = 0; i < count; i++) {
    forwardPlane<T>(plan, x, real, imag, factor);
    x += height * width * sizeof<T>();
    real += half;
    imag += half;
  }
}

/** {@link inversePlane} for `count` planes in a row. */
export function inversePlanes<T>(
  plan: usize,
  count: u32,
  real: usize,
  imag: usize,
  x: usize,
  factor: T,
): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const half = height * (width / 2 + 1) * sizeof<T>();
  for (let i: u32 = 0; i < count; i++) {
    inversePlane<T>(plan, real, imag, x, factor);
    x += height * width * sizeof<T>();
    real += half;
    imag += half;
  }
}
