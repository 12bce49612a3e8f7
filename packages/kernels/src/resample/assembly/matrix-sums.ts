// Sums of products of two images, along rows or along lines. They give the gradients of matrices.

import { addLaneProducts, LANES, laneSum } from '../../wasm/assembly/lane-products';
import { evenCount, pack, packFolded } from '../../wasm/assembly/panel';
import { addRowProducts } from '../../wasm/assembly/row-products';

/** Columns that are summed together. Both operands of a product fit in the first-level cache. */
export const CHUNK: i32 = 128;
export const CHUNK_STEP: usize = 512;

/** With more entries in both matrices, one sum for each entry saves more memory than time. */
const MOST_LANED: f64 = 131072;

/** The number of partial sums for each entry of the matrices: eight, or one for large matrices. */
export function lanesOf(inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32): i32 {
  const entries = <f64>inHeight * <f64>outHeight + <f64>inWidth * <f64>outWidth;
  return entries > MOST_LANED ? 1 : LANES;
}

/** The number of partial sums in the current call. */
let lanes: i32 = LANES;

/** Sets the number of lanes of the next sums. The caller clears their memory. */
export function startSums(count: i32): void {
  lanes = count;
}

/** Adds the products of packed rows to the partial sums [m, k, lanes]. */
function addPacked(left: usize, m: i32, right: usize, k: i32, count: i32, sums: usize): void {
  if (lanes === 1) addRowProducts(left, m, right, k, count, CHUNK_STEP, sums, k);
  else addLaneProducts(left, m, right, k, count, CHUNK_STEP, sums);
}

/**
 * Adds to `sums` the products of the packed rows of `left` [m] and `right` [k]. If not folded,
 * `sums` is [m, k, lanes]. If folded, it holds the products of sums by sums, then of differences by
 * differences. With `isOdd` it holds sums by differences, then differences by sums. `count` is a
 * multiple of 8.
 */
function addProducts(
  left: usize,
  m: i32,
  right: usize,
  k: i32,
  count: i32,
  sums: usize,
  isFolded: bool,
  isOdd: bool,
): void {
  if (!isFolded) {
    addPacked(left, m, right, k, count, sums);
    return;
  }
  const evenM = evenCount(m);
  const evenK = evenCount(k);
  const oddLeft = left + <usize>evenM * CHUNK_STEP;
  const oddRight = right + <usize>evenK * CHUNK_STEP;
  const first = isOdd ? k - evenK : evenK;
  const rest = sums + placeOf(evenM * first);
  addPacked(left, evenM, isOdd ? oddRight : right, first, count, sums);
  addPacked(oddLeft, m - evenM, isOdd ? right : oddRight, k - first, count, rest);
}

/** Bytes from the sums of the first entry to those at `index`. */
export function placeOf(index: i32): usize {
  return (<usize>(index * lanes)) << 2;
}

/** Returns the sum of the partial sums of one entry. */
function sumAt(at: usize): f32 {
  return lanes === 1 ? load<f32>(at) : laneSum(at);
}

/**
 * Converts the sums of `addProducts` to the gradient [m, k]. If folded, this is the part of the
 * gradient with the matrix's symmetry.
 */
export function unfoldSums(
  sums: usize,
  target: usize,
  m: i32,
  k: i32,
  isFolded: bool,
  isOdd: bool,
  scale: f32,
): void {
  if (!isFolded) {
    for (let index = 0; index < m * k; index++) {
      store<f32>(target + ((<usize>index) << 2), scale * sumAt(sums + placeOf(index)));
    }
    return;
  }
  const evenM = evenCount(m);
  const evenK = evenCount(k);
  const first = isOdd ? k - evenK : evenK;
  const second = k - first;
  const rest = sums + placeOf(evenM * first);
  for (let i = 0; i < m; i++) {
    const row = min(i, m - i);
    const rowPaired = i !== 0 && 2 * i !== m;
    const rowSign: f32 = 2 * i > m ? -1 : 1;
    for (let p = 0; p < k; p++) {
      const column = min(p, k - p);
      const columnPaired = p !== 0 && 2 * p !== k;
      const columnSign: f32 = 2 * p > k ? -1 : 1;
      let value: f32 = 0;
      if (!isOdd) {
        value = sumAt(sums + placeOf(row * first + column));
        if (rowPaired && columnPaired) {
          const at = (row - 1) * second + column - 1;
          value += rowSign * columnSign * sumAt(rest + placeOf(at));
        }
      } else {
        if (columnPaired) {
          const at = row * first + column - 1;
          value = columnSign * sumAt(sums + placeOf(at));
        }
        if (rowPaired) {
          const at = (row - 1) * second + column;
          value += rowSign * sumAt(rest + placeOf(at));
        }
      }
      const share: f32 = (rowPaired ? 0.5 : 1) * (columnPaired ? 0.5 : 1);
      store<f32>(target + ((<usize>(i * k + p)) << 2), scale * share * value);
    }
  }
}

/** Packs rows into a chunk, folded or not. */
function packEither(
  source: usize,
  from: usize,
  count: i32,
  width: i32,
  target: usize,
  isFolded: bool,
): void {
  if (isFolded) packFolded(source, from, count, width, target, CHUNK_STEP);
  else pack(source, from, count, width, target, CHUNK_STEP);
}

/** Rounds a number of columns up to whole vectors, and clears the new columns of packed rows. */
function padded(panel: usize, rows: i32, width: i32): i32 {
  const whole = (width + LANES - 1) & ~(LANES - 1);
  const unused = (<usize>(whole - width)) << 2;
  if (unused > 0) {
    let end = panel + ((<usize>width) << 2);
    for (let row = 0; row < rows; row++) {
      memory.fill(end, 0, unused);
      end += CHUNK_STEP;
    }
  }
  return whole;
}

/** Adds the products of m rows with k rows, summed along the rows. A row has `line` floats. */
export function alongRowsProducts(
  left: usize,
  leftStep: usize,
  m: i32,
  right: usize,
  rightStep: usize,
  k: i32,
  line: i32,
  sums: usize,
  isFolded: bool,
  panels: usize,
): void {
  const other = panels + <usize>m * CHUNK_STEP;
  for (let column = 0; column < line; column += CHUNK) {
    const width = min(CHUNK, line - column);
    const at = (<usize>column) << 2;
    packEither(left + at, leftStep, m, width, panels, isFolded);
    packEither(right + at, rightStep, k, width, other, isFolded);
    const whole = padded(panels, m + k, width);
    addProducts(panels, m, other, k, whole, sums, isFolded, false);
  }
}

/**
 * Adds the products of m pixels of a line with k pixels of another line, summed over channels and
 * over `lines` pairs of lines. Lines of few channels are packed side by side.
 */
export function alongLinesProducts(
  left: usize,
  leftStep: usize,
  m: i32,
  right: usize,
  rightStep: usize,
  k: i32,
  lines: i32,
  channels: i32,
  sums: usize,
  isFolded: bool,
  isOdd: bool,
  panels: usize,
): void {
  const other = panels + <usize>m * CHUNK_STEP;
  const pixel = (<usize>channels) << 2;
  const together = max(1, CHUNK / channels);
  for (let start = 0; start < lines; start += together) {
    const count = min(together, lines - start);
    for (let c = 0; c < channels; c += CHUNK) {
      const width = min(CHUNK, channels - c);
      for (let i = 0; i < count; i++) {
        const at = (<usize>c) << 2;
        const place = <usize>i * pixel;
        const line = <usize>(start + i);
        packEither(left + line * leftStep + at, pixel, m, width, panels + place, isFolded);
        packEither(right + line * rightStep + at, pixel, k, width, other + place, isFolded);
      }
      const whole = padded(panels, m + k, count * width);
      addProducts(panels, m, other, k, whole, sums, isFolded, isOdd);
    }
  }
}
