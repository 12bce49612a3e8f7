// Rows of an image with their padding. The windows of several rows of outputs share them, so that
// the inner loops of a convolution handle no borders, and each row is copied about once.

import { Shape } from './shape';

/** Bytes of the rows that are padded together. They stay in the second-level cache. */
const BAND_BYTES: usize = 1 << 17;

/** Floats after the rows, which loads of four values at the end of the last row may reach. */
const BEYOND: f64 = 4;

/** The number of floats that `paddedRows` takes for its record. */
const RECORD_FLOATS: f64 = 8;

/**
 * Pixels in a padded row, from the first tap of the first window to the last tap of the last
 * window.
 */
function paddedPixels(outWidth: i32, filterWidth: i32, stride: i32, dilation: i32): i32 {
  return outWidth === 0 ? 0 : (outWidth - 1) * stride + (filterWidth - 1) * dilation + 1;
}

/** Rows from the first tap of the first to the last tap of the last of so many rows of outputs. */
function rowsUnder(outputs: i32, filterHeight: i32, stride: i32, dilation: i32): i32 {
  return (outputs - 1) * stride + (filterHeight - 1) * dilation + 1;
}

/** The number of rows of outputs whose rows are padded together. It is 1 if they share few rows. */
function outputsTogether(
  rowBytes: usize,
  outHeight: i32,
  filterHeight: i32,
  stride: i32,
  dilation: i32,
): i32 {
  const window = rowsUnder(1, filterHeight, stride, dilation);
  // Without channels a row has no bytes.
  const fitting = <i32>(BAND_BYTES / max(1, rowBytes));
  if (fitting < window) return 1;
  const outputs = min(outHeight, (fitting - window) / stride + 1);
  const copied = rowsUnder(outputs, filterHeight, stride, dilation);
  return copied < outputs * filterHeight ? outputs : 1;
}

/** Rows of an image for a convolution. Steps are in bytes. */
@unmanaged
export class PaddedRows {
  /** Where the rows begin. It is 0 if no window reaches beyond the image: then it needs no copy. */
  space: usize;
  /** Bytes of a row. */
  rowBytes: usize;
  /** From the row under one tap to that under the next. */
  tapStep: usize;
  /** From the rows under one row of outputs to those under the next. */
  outputStep: usize;
  /** Rows of outputs that are padded together. */
  outputs: i32;
  /** From one row to the next, in rows of the image: with a single row of outputs, that of taps. */
  spacing: i32;
  /** Pixels of a row. */
  width: i32;
}

/**
 * The number of floats that the record and its rows take at most: those of a band, or the rows of
 * one row of outputs.
 */
export function paddedRowsFloats(
  inChannels: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideWidth: i32,
  dilationWidth: i32,
): f64 {
  const width = paddedPixels(outWidth, filterWidth, strideWidth, dilationWidth);
  const rows = <f64>filterHeight * <f64>width * <f64>inChannels;
  return RECORD_FLOATS + max(<f64>(BAND_BYTES >> 2), rows) + BEYOND;
}

/**
 * Describes the rows of a convolution at `address`, in so many floats as `paddedRowsFloats`
 * returns. With `mayStay`, the image stays where it is if no window reaches beyond it.
 */
export function paddedRows(address: usize, shape: Shape, mayStay: bool): PaddedRows {
  const rows = changetype<PaddedRows>(address);
  const pixel = (<usize>shape.inChannels) << 2;
  const across = shape.filterWidth;
  rows.width = paddedPixels(shape.outWidth, across, shape.strideWidth, shape.dilationWidth);
  if (mayStay && isInside(rows.width, shape)) {
    rows.space = 0;
    rows.rowBytes = <usize>shape.inWidth * pixel;
    rows.outputs = shape.outHeight;
  } else {
    rows.space = address + ((<usize>RECORD_FLOATS) << 2);
    rows.rowBytes = <usize>rows.width * pixel;
    rows.outputs = outputsTogether(
      rows.rowBytes,
      shape.outHeight,
      shape.filterHeight,
      shape.strideHeight,
      shape.dilationHeight,
    );
  }
  const isSingle = rows.outputs === 1 && rows.space !== 0;
  rows.spacing = isSingle ? shape.dilationHeight : 1;
  rows.tapStep = rows.rowBytes * <usize>(shape.dilationHeight / rows.spacing);
  rows.outputStep = rows.rowBytes * <usize>shape.strideHeight;
  return rows;
}

/** Whether no window reaches beyond the image. */
function isInside(width: i32, shape: Shape): bool {
  const height = rowsUnder(
    shape.outHeight,
    shape.filterHeight,
    shape.strideHeight,
    shape.dilationHeight,
  );
  const isHigh = shape.top === 0 && height <= shape.inHeight;
  return isHigh && shape.left === 0 && width <= shape.inWidth;
}

/**
 * Copies the rows under the rows `p` to `p + count` of outputs, with zeros outside the image.
 * Returns the address of the row under the first tap of the row `p`. `count` is at most
 * `rows.outputs`.
 */
export function rowsOf(image: usize, rows: PaddedRows, p: i32, count: i32, shape: Shape): usize {
  const first = p * shape.strideHeight - shape.top;
  const line = (<usize>(shape.inWidth * shape.inChannels)) << 2;
  if (rows.space === 0) return image + <usize>first * line;
  const taps = shape.filterHeight;
  const total = rowsUnder(count, taps, shape.strideHeight, shape.dilationHeight / rows.spacing);
  let to = rows.space;
  for (let i = 0; i < total; i++) {
    const row = first + i * rows.spacing;
    padRow(<u32>row < <u32>shape.inHeight ? image + <usize>row * line : 0, to, rows.width, shape);
    to += rows.rowBytes;
  }
  return rows.space;
}

/** Copies one row, with zeros where it is padded. Without a source all are zeros. */
function padRow(source: usize, target: usize, width: i32, shape: Shape): void {
  const pixel = (<usize>shape.inChannels) << 2;
  if (source === 0) {
    memory.fill(target, 0, <usize>width * pixel);
    return;
  }
  const before = min(shape.left, width);
  const inside = max(0, min(shape.inWidth, width - before));
  const after = width - before - inside;
  if (before > 0) memory.fill(target, 0, <usize>before * pixel);
  memory.copy(target + <usize>before * pixel, source, <usize>inside * pixel);
  if (after > 0) memory.fill(target + <usize>(before + inside) * pixel, 0, <usize>after * pixel);
}
