// Gradients of `resample` in its matrices. Each is a sum over images, channels and lines of
// products of the matrix's input and the gradient of its output.

import { ALIGNMENT, aligned, multiply, PANEL, pack, STEP } from '../../wasm/assembly/panel';
import {
  alongLinesProducts,
  alongRowsProducts,
  CHUNK,
  CHUNK_STEP,
  lanesOf,
  placeOf,
  startSums,
  unfoldSums,
} from './matrix-sums';
import { alongLine, GAP, panelFloats, rowStage, rowsFloats } from './resample';

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
  return WORK_FLOATS + wide + narrow + sums + chunks + panel + 2 * <f64>ALIGNMENT;
}

/** The number of packed rows of both operands of a product. */
function rowsOfChunks(inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32, rank: i32): i32 {
  return max(outHeight, outWidth) + max(max(inHeight, inWidth), rank);
}

/** The sizes of a call, the addresses of its intermediate images and sums, and bytes of a line. */
@unmanaged
class Work {
  inHeight: i32;
  inWidth: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  rank: i32;
  isFolded: bool;
  xStep: usize;
  dyStep: usize;
  midStep: usize;
  innerStep: usize;
  /** U [outHeight, inWidth, channels]. */
  upstream: usize;
  /** Z [outHeight, inWidth, channels], and after it A x [rank, inWidth, channels]. */
  mid: usize;
  corrections: usize;
  /** A x Kᵀ and Sᵀ dy [rank, outWidth, channels]. */
  inner: usize;
  innerUpstream: usize;
  rowSums: usize;
  columnSums: usize;
  skewSums: usize;
  synthesisSums: usize;
  panels: usize;
  panel: usize;
}

/** The number of floats of a `Work`. */
const WORK_FLOATS: f64 = 32;

/** Divides the scratch space. The sums are 0. */
function workAt(
  scratch: usize,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  rank: i32,
  isFolded: bool,
): Work {
  const work = changetype<Work>(scratch);
  work.inHeight = inHeight;
  work.inWidth = inWidth;
  work.channels = channels;
  work.outHeight = outHeight;
  work.outWidth = outWidth;
  work.rank = rank;
  work.isFolded = isFolded;
  work.xStep = (<usize>(inWidth * channels)) << 2;
  work.dyStep = (<usize>(outWidth * channels)) << 2;
  work.midStep = work.xStep + GAP;
  work.innerStep = work.dyStep + GAP;
  work.upstream = aligned(scratch + ((<usize>WORK_FLOATS) << 2));
  work.mid = work.upstream + <usize>outHeight * work.midStep;
  work.corrections = work.mid + <usize>outHeight * work.midStep;
  work.inner = work.corrections + <usize>rank * work.midStep;
  work.innerUpstream = work.inner + <usize>rank * work.innerStep;
  work.rowSums = work.innerUpstream + <usize>rank * work.innerStep;
  work.columnSums = work.rowSums + placeOf(outHeight * inHeight);
  work.skewSums = work.columnSums + placeOf(outWidth * inWidth);
  work.synthesisSums = work.skewSums + (rank > 0 ? placeOf(outWidth * inWidth) : 0);
  work.panels = aligned(work.synthesisSums + placeOf(outHeight * rank));
  const rows = rowsOfChunks(inHeight, inWidth, outHeight, outWidth, rank);
  work.panel = work.panels + <usize>rows * CHUNK_STEP;
  memory.fill(work.rowSums, 0, work.panels - work.rowSums);
  return work;
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
  startSums(lanesOf(inHeight, inWidth, outHeight, outWidth));
  const work = workAt(scratch, inHeight, inWidth, channels, outHeight, outWidth, rank, isFolded);
  for (let n = 0; n < batch; n++) {
    const image = x + <usize>(n * inHeight) * work.xStep;
    const above = dy + <usize>(n * outHeight) * work.dyStep;
    addUncorrected(image, above, rows, columnsTransposed, analysis, work);
    if (rank > 0) addCorrection(above, skewColumns, synthesisTransposed, work);
  }
  unfoldSums(work.rowSums, dRows, outHeight, inHeight, isFolded, false, 1);
  unfoldSums(work.columnSums, dColumns, outWidth, inWidth, isFolded, false, 1);
  if (rank > 0) {
    unfoldSums(work.synthesisSums, dSynthesis, outHeight, rank, false, false, -1);
    unfoldSums(work.skewSums, dSkewColumns, outWidth, inWidth, isFolded, true, 1);
  }
}

/** Adds the products of one image for R and C. Leaves A x in `corrections`. */
function addUncorrected(
  image: usize,
  above: usize,
  rows: usize,
  columnsTransposed: usize,
  analysis: usize,
  work: Work,
): void {
  const midStep = work.midStep;
  const dyStep = work.dyStep;
  const inWidth = work.inWidth;
  const outHeight = work.outHeight;
  const outWidth = work.outWidth;
  const channels = work.channels;
  const isFolded = work.isFolded;
  const inLine = inWidth * channels;
  for (let i = 0; i < outHeight; i++) {
    const line = above + <usize>i * dyStep;
    const to = work.upstream + <usize>i * midStep;
    alongLine(
      columnsTransposed,
      isFolded,
      false,
      line,
      outWidth,
      to,
      inWidth,
      channels,
      work.panel,
    );
  }
  alongRowsProducts(
    work.upstream,
    midStep,
    outHeight,
    image,
    work.xStep,
    work.inHeight,
    inLine,
    work.rowSums,
    isFolded,
    work.panels,
  );
  rowStage(
    rows,
    analysis,
    image,
    work.mid,
    midStep,
    work.inHeight,
    inLine,
    outHeight,
    work.rank,
    isFolded,
    work.panel,
  );
  alongLinesProducts(
    above,
    dyStep,
    outWidth,
    work.mid,
    midStep,
    inWidth,
    outHeight,
    channels,
    work.columnSums,
    isFolded,
    false,
    work.panels,
  );
}

/** Adds the products of one image for S and K, from A x. */
function addCorrection(
  above: usize,
  skewColumns: usize,
  synthesisTransposed: usize,
  work: Work,
): void {
  const midStep = work.midStep;
  const dyStep = work.dyStep;
  const innerStep = work.innerStep;
  const inWidth = work.inWidth;
  const outHeight = work.outHeight;
  const outWidth = work.outWidth;
  const channels = work.channels;
  const rank = work.rank;
  const isFolded = work.isFolded;
  const panel = work.panel;
  const outLine = outWidth * channels;
  for (let i = 0; i < rank; i++) {
    const line = work.corrections + <usize>i * midStep;
    const to = work.inner + <usize>i * innerStep;
    alongLine(skewColumns, isFolded, true, line, inWidth, to, outWidth, channels, panel);
  }
  alongRowsProducts(
    above,
    dyStep,
    outHeight,
    work.inner,
    innerStep,
    rank,
    outLine,
    work.synthesisSums,
    false,
    work.panels,
  );
  for (let c = 0; c < outLine; c += PANEL) {
    const width = min(PANEL, outLine - c);
    const at = (<usize>c) << 2;
    pack(above + at, dyStep, outHeight, width, panel, STEP);
    const to = work.innerUpstream + at;
    multiply(synthesisTransposed, panel, to, rank, outHeight, STEP, innerStep, width, false);
  }
  alongLinesProducts(
    work.innerUpstream,
    innerStep,
    outWidth,
    work.corrections,
    midStep,
    inWidth,
    rank,
    channels,
    work.skewSums,
    isFolded,
    true,
    work.panels,
  );
}
