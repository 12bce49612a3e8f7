// y = R · x · Cᵀ − S · (A · x · Kᵀ), for each image and channel.
//
// R [h, H] and C [w, W] act on rows and columns. A [rank, H], K [w, W] and S [h, rank] form a
// correction of low rank; with rank 0 there is none. All matrices are tables of `prepareMatrix`;
// the table of S includes the minus sign. The tables may be folded (see `multiplyFolded`): R and C
// are then symmetric, K antisymmetric.
//
// Both stages run image by image, so the intermediate image stays in the second-level cache.

import {
  ALIGNMENT,
  aligned,
  multiply,
  PANEL,
  pack,
  packFolded,
  STEP,
} from '../../wasm/assembly/panel';
import { ASIDE, multiplyFolded } from './folded-panel';

/** Unused bytes after each row of scratch. Without them all rows would fall into few cache sets. */
export const GAP: usize = 64;

/** The number of floats in `count` rows of scratch, gaps included. */
export function rowsFloats(count: i32, width: i32, channels: i32): f64 {
  return <f64>count * (<f64>width * <f64>channels + <f64>(GAP >> 2));
}

/** The number of floats in the panel of a product with k columns, and in `aside`. */
export function panelFloats(k: i32): f64 {
  return <f64>k * <f64>PANEL + <f64>ASIDE;
}

/** y [m, width] = a · x [k, width]. Rows of x are `from` bytes apart, rows of y `to` bytes. */
export function alongRows(
  a: usize,
  isFolded: bool,
  isOdd: bool,
  x: usize,
  from: usize,
  k: i32,
  y: usize,
  to: usize,
  m: i32,
  width: i32,
  panel: usize,
): void {
  if (isFolded) {
    packFolded(x, from, k, width, panel, STEP);
    multiplyFolded(a, panel, y, m, k, to, width, isOdd, panel + <usize>k * STEP);
  } else {
    pack(x, from, k, width, panel, STEP);
    multiply(a, panel, y, m, k, STEP, to, width, false);
  }
}

/** The same along the pixels of one line: [W, channels] → [w, channels]. */
export function alongLine(
  a: usize,
  isFolded: bool,
  isOdd: bool,
  x: usize,
  inWidth: i32,
  y: usize,
  outWidth: i32,
  channels: i32,
  panel: usize,
): void {
  const pixel = (<usize>channels) << 2;
  for (let c = 0; c < channels; c += PANEL) {
    const at = (<usize>c) << 2;
    const width = min(PANEL, channels - c);
    alongRows(a, isFolded, isOdd, x + at, pixel, inWidth, y + at, pixel, outWidth, width, panel);
  }
}

/**
 * Computes R · x and A · x for one image. Each panel of x is packed once. `mid` receives h + rank
 * rows of inWidth · channels floats, `midStep` bytes apart.
 */
export function rowStage(
  rows: usize,
  analysis: usize,
  x: usize,
  mid: usize,
  midStep: usize,
  inHeight: i32,
  line: i32,
  outHeight: i32,
  rank: i32,
  isFolded: bool,
  panel: usize,
): void {
  const step = (<usize>line) << 2;
  for (let column = 0; column < line; column += PANEL) {
    const width = min(PANEL, line - column);
    const at = (<usize>column) << 2;
    const to = mid + at;
    alongRows(rows, isFolded, false, x + at, step, inHeight, to, midStep, outHeight, width, panel);
    if (rank > 0) {
      const below = to + <usize>outHeight * midStep;
      multiply(analysis, panel, below, rank, inHeight, STEP, midStep, width, false);
    }
  }
}

/** y [h, line] += S [h, rank] · inner [rank, line]. */
function addCorrection(
  synthesis: usize,
  inner: usize,
  innerStep: usize,
  rank: i32,
  y: usize,
  yStep: usize,
  outHeight: i32,
  column: i32,
  width: i32,
  panel: usize,
): void {
  const at = (<usize>column) << 2;
  pack(inner + at, innerStep, rank, width, panel, STEP);
  multiply(synthesis, panel, y + at, outHeight, rank, STEP, yStep, width, true);
}

/** The number of floats that `resampleRowsFirst` needs as scratch space. */
export function resampleRowsFirstScratch(
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  rank: i32,
): f64 {
  const mid = rowsFloats(outHeight + rank, inWidth, channels);
  const inner = rowsFloats(rank, outWidth, channels);
  return mid + inner + panelFloats(max(max(inHeight, inWidth), rank)) + 2 * <f64>ALIGNMENT;
}

/**
 * Resamples with the rows first. The table of A is folded, like the table of R.
 *
 * One pass over the images, with three stages for each. Stage 1: R x and A x into `mid`, in panels
 * of 64 columns. Stage 2: C along each line of R x into y; K along each line of A x into `inner`.
 * Stage 3: adds S · inner to y. Scratch holds `mid`, `inner` and a panel.
 */
export function resampleRowsFirst(
  x: usize,
  y: usize,
  rows: usize,
  columns: usize,
  analysis: usize,
  skewColumns: usize,
  synthesis: usize,
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
  const inLine = inWidth * channels;
  const outLine = outWidth * channels;
  const midStep = ((<usize>inLine) << 2) + GAP;
  const innerStep = ((<usize>outLine) << 2) + GAP;
  const yStep = (<usize>outLine) << 2;
  const mid = aligned(scratch);
  const inner = mid + <usize>(outHeight + rank) * midStep;
  const panel = aligned(inner + <usize>rank * innerStep);
  for (let n = 0; n < batch; n++) {
    const from = x + ((<usize>(n * inHeight * inLine)) << 2);
    const to = y + <usize>(n * outHeight) * yStep;
    rowStage(
      rows,
      analysis,
      from,
      mid,
      midStep,
      inHeight,
      inLine,
      outHeight,
      rank,
      isFolded,
      panel,
    );
    for (let i = 0; i < outHeight; i++) {
      const line = mid + <usize>i * midStep;
      const out = to + <usize>i * yStep;
      alongLine(columns, isFolded, false, line, inWidth, out, outWidth, channels, panel);
    }
    if (rank === 0) continue;
    for (let i = 0; i < rank; i++) {
      const line = mid + <usize>(outHeight + i) * midStep;
      const out = inner + <usize>i * innerStep;
      alongLine(skewColumns, isFolded, true, line, inWidth, out, outWidth, channels, panel);
    }
    for (let c = 0; c < outLine; c += PANEL) {
      const width = min(PANEL, outLine - c);
      addCorrection(synthesis, inner, innerStep, rank, to, yStep, outHeight, c, width, panel);
    }
  }
}

/** The number of floats that `resampleColumnsFirst` needs as scratch space. */
export function resampleColumnsFirstScratch(
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outWidth: i32,
  rank: i32,
): f64 {
  const mid = rowsFloats(inHeight + rank, outWidth, channels);
  const inner = rowsFloats(rank, inWidth, channels);
  return mid + inner + panelFloats(max(max(inHeight, inWidth), rank)) + 2 * <f64>ALIGNMENT;
}

/**
 * Resamples with the columns first. The table of A is not folded.
 *
 * One pass over the images, with three stages for each. Stage 1: C along each line of x into `mid`.
 * Stage 2: A x into `inner`, and K along its lines into `corrections`. Stage 3: R · mid + S ·
 * corrections into y, in panels of 64 columns. Scratch holds these three and a panel.
 */
export function resampleColumnsFirst(
  x: usize,
  y: usize,
  rows: usize,
  columns: usize,
  analysis: usize,
  skewColumns: usize,
  synthesis: usize,
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
  const inLine = inWidth * channels;
  const outLine = outWidth * channels;
  const midStep = ((<usize>outLine) << 2) + GAP;
  const innerStep = ((<usize>inLine) << 2) + GAP;
  const xStep = (<usize>inLine) << 2;
  const yStep = (<usize>outLine) << 2;
  const mid = aligned(scratch);
  const corrections = mid + <usize>inHeight * midStep;
  const inner = corrections + <usize>rank * midStep;
  const panel = aligned(inner + <usize>rank * innerStep);
  for (let n = 0; n < batch; n++) {
    const from = x + <usize>(n * inHeight) * xStep;
    const to = y + <usize>(n * outHeight) * yStep;
    for (let i = 0; i < inHeight; i++) {
      const line = from + <usize>i * xStep;
      const out = mid + <usize>i * midStep;
      alongLine(columns, isFolded, false, line, inWidth, out, outWidth, channels, panel);
    }
    for (let c = 0; c < inLine && rank > 0; c += PANEL) {
      const width = min(PANEL, inLine - c);
      const at = (<usize>c) << 2;
      const out = inner + at;
      alongRows(
        analysis,
        false,
        false,
        from + at,
        xStep,
        inHeight,
        out,
        innerStep,
        rank,
        width,
        panel,
      );
    }
    for (let i = 0; i < rank; i++) {
      const line = inner + <usize>i * innerStep;
      const out = corrections + <usize>i * midStep;
      alongLine(skewColumns, isFolded, true, line, inWidth, out, outWidth, channels, panel);
    }
    for (let c = 0; c < outLine; c += PANEL) {
      const width = min(PANEL, outLine - c);
      const at = (<usize>c) << 2;
      alongRows(
        rows,
        isFolded,
        false,
        mid + at,
        midStep,
        inHeight,
        to + at,
        yStep,
        outHeight,
        width,
        panel,
      );
      if (rank > 0) {
        addCorrection(synthesis, corrections, midStep, rank, to, yStep, outHeight, c, width, panel);
      }
    }
  }
}
