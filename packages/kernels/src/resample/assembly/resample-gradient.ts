// Gradients of `resample` in its matrices. Each is a sum over images, channels and lines of
// products of the matrix's input and the gradient of its output.

import { addLaneProducts, LANES, laneSum } from '../../wasm/assembly/lane-products';
import {
  ALIGNMENT,
  aligned,
  evenCount,
  multiply,
  PANEL,
  pack,
  packFolded,
  STEP,
} from '../../wasm/assembly/panel';
import { addRowProducts } from '../../wasm/assembly/row-products';
import { alongLine, GAP, panelFloats, rowStage, rowsFloats } from './resample';

/** Columns that are summed together. Both operands of a product fit in the first-level cache. */
const CHUNK: i32 = 128;
const CHUNK_STEP: usize = 512;

/** With more entries in both matrices, one sum for each entry saves more memory than time. */
const MOST_LANED: f64 = 131072;

/** The number of partial sums for each entry of the matrices: eight, or one for large matrices. */
function lanesOf(inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32): i32 {
  const entries = <f64>inHeight * <f64>outHeight + <f64>inWidth * <f64>outWidth;
  return entries > MOST_LANED ? 1 : LANES;
}

/** `lanesOf` the current call. */
let lanes: i32 = LANES;

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
function placeOf(index: i32): usize {
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
function unfoldSums(
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
function alongRowsProducts(
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
function alongLinesProducts(
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

/** The number of floats that `resampleMatrixGradients` needs as scratch space. */
export function resampleMatrixGradientsScratch(
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  rank: i32,
): f64 {
  const wide = rowsFloats(2 * outHeight + rank, inWidth, channels);
  const narrow = rowsFloats(2 * rank, outWidth, channels);
  const rowSums = <f64>outHeight * <f64>(inHeight + rank);
  const columnSums = (rank > 0 ? 2 : 1) * <f64>outWidth * <f64>inWidth;
  const chunks = <f64>CHUNK * <f64>rowsOfChunks(inHeight, inWidth, outHeight, outWidth, rank);
  const panel = panelFloats(max(max(inHeight, inWidth), max(outHeight, outWidth)));
  const count = lanesOf(inHeight, inWidth, outHeight, outWidth);
  const sums = <f64>count * (rowSums + columnSums);
  return wide + narrow + sums + chunks + panel + 2 * <f64>ALIGNMENT;
}

/** The number of packed rows of both operands of a product. */
function rowsOfChunks(inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32, rank: i32): i32 {
  return max(outHeight, outWidth) + max(max(inHeight, inWidth), rank);
}

/**
 * Gradients of R, C, S and K from x and dy, summed over the batch. S and K exist only with a rank
 * above 0. The tables are R, A and K of the forward pass, Cᵀ, and Sᵀ with the sign of the
 * correction. A is folded like R.
 *
 * One pass, image by image. For each image: U = dy · C, dR += U xᵀ; Z = R x, dC += dyᵀ Z. With a
 * rank above 0 also dS −= dy · (A x Kᵀ)ᵀ and dK −= (Sᵀ dy)ᵀ (A x). Scratch holds U, Z and the
 * smaller intermediate images, the sums of all gradients, and panels. At the end `unfoldSums`
 * converts the sums to gradients.
 */
export function resampleMatrixGradients(
  x: usize,
  dy: usize,
  rows: usize,
  columnsTransposed: usize,
  analysis: usize,
  skewColumns: usize,
  synthesisTransposed: usize,
  dRows: usize,
  dColumns: usize,
  dSynthesis: usize,
  dSkewColumns: usize,
  scratch: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  rank: i32,
  isFolded: bool,
): void {
  lanes = lanesOf(inHeight, inWidth, outHeight, outWidth);
  const inLine = inWidth * channels;
  const outLine = outWidth * channels;
  const xStep = (<usize>inLine) << 2;
  const dyStep = (<usize>outLine) << 2;
  const midStep = xStep + GAP;
  const innerStep = dyStep + GAP;
  const upstream = aligned(scratch);
  const mid = upstream + <usize>outHeight * midStep;
  const corrections = mid + <usize>outHeight * midStep;
  const inner = corrections + <usize>rank * midStep;
  const innerUpstream = inner + <usize>rank * innerStep;
  const rowSums = innerUpstream + <usize>rank * innerStep;
  const columnSums = rowSums + placeOf(outHeight * inHeight);
  const skewSums = columnSums + placeOf(outWidth * inWidth);
  const synthesisSums = skewSums + (rank > 0 ? placeOf(outWidth * inWidth) : 0);
  const panels = aligned(synthesisSums + placeOf(outHeight * rank));
  const rowsOfPanels = rowsOfChunks(inHeight, inWidth, outHeight, outWidth, rank);
  const panel = panels + <usize>rowsOfPanels * CHUNK_STEP;
  memory.fill(rowSums, 0, panels - rowSums);
  for (let n = 0; n < batch; n++) {
    const image = x + <usize>(n * inHeight) * xStep;
    const above = dy + <usize>(n * outHeight) * dyStep;
    for (let i = 0; i < outHeight; i++) {
      const line = above + <usize>i * dyStep;
      const to = upstream + <usize>i * midStep;
      alongLine(columnsTransposed, isFolded, false, line, outWidth, to, inWidth, channels, panel);
    }
    alongRowsProducts(
      upstream,
      midStep,
      outHeight,
      image,
      xStep,
      inHeight,
      inLine,
      rowSums,
      isFolded,
      panels,
    );
    rowStage(
      rows,
      analysis,
      image,
      mid,
      midStep,
      inHeight,
      inLine,
      outHeight,
      rank,
      isFolded,
      panel,
    );
    alongLinesProducts(
      above,
      dyStep,
      outWidth,
      mid,
      midStep,
      inWidth,
      outHeight,
      channels,
      columnSums,
      isFolded,
      false,
      panels,
    );
    if (rank === 0) continue;
    for (let i = 0; i < rank; i++) {
      const line = corrections + <usize>i * midStep;
      const to = inner + <usize>i * innerStep;
      alongLine(skewColumns, isFolded, true, line, inWidth, to, outWidth, channels, panel);
    }
    alongRowsProducts(
      above,
      dyStep,
      outHeight,
      inner,
      innerStep,
      rank,
      outLine,
      synthesisSums,
      false,
      panels,
    );
    for (let c = 0; c < outLine; c += PANEL) {
      const width = min(PANEL, outLine - c);
      const at = (<usize>c) << 2;
      pack(above + at, dyStep, outHeight, width, panel, STEP);
      const to = innerUpstream + at;
      multiply(synthesisTransposed, panel, to, rank, outHeight, STEP, innerStep, width, false);
    }
    alongLinesProducts(
      innerUpstream,
      innerStep,
      outWidth,
      corrections,
      midStep,
      inWidth,
      rank,
      channels,
      skewSums,
      isFolded,
      true,
      panels,
    );
  }
  unfoldSums(rowSums, dRows, outHeight, inHeight, isFolded, false, 1);
  unfoldSums(columnSums, dColumns, outWidth, inWidth, isFolded, false, 1);
  if (rank > 0) {
    unfoldSums(synthesisSums, dSynthesis, outHeight, rank, false, false, -1);
    unfoldSums(skewSums, dSkewColumns, outWidth, inWidth, isFolded, true, 1);
  }
}
