// Filter gradient of 2-D convolutions, NHWC, by products of matrices.

import { isWide, WIDE_BYTES } from '../../wasm/assembly/wide-tile';
import { firstInside, outputsInside, placeOfRow } from './inside';
import { addOuterProducts } from './outer-products';
import { paddedRows, paddedRowsFloats, rowsOf } from './padded-rows';
import { afterShape, SHAPE_FLOATS, Shape, shapeAt } from './shape';
import { gatherRows, rowsInChunk } from './tap-rows';

/** With fewer channels, copies of single taps take too long. */
const FEWEST_OF_TAP: i32 = 64;
/** With fewer channels, the product of one row of taps has too few rows for whole tiles. */
const FEWEST_OF_ROW: i32 = 16;

/** Outputs in a row from which on sums along the row cost less than copies of its pixels. */
const LONG_ROW: i32 = 8;
const LONG_ROW_WIDE: i32 = 16;

/** Whether the outputs are summed row by row. */
function isLong(outWidth: i32): bool {
  return outWidth >= (isWide ? LONG_ROW_WIDE : LONG_ROW);
}

/** Whether the channels of one tap fill the rows of whole tiles. */
function isWhole(inChannels: i32): bool {
  return inChannels >= FEWEST_OF_ROW && inChannels % 4 === 0;
}

/** The number of taps whose copies are side by side in one product: one, one row, or all. */
function tapsTogether(filterHeight: i32, filterWidth: i32, inChannels: i32): i32 {
  if (!isWhole(inChannels)) return filterHeight * filterWidth;
  return inChannels < FEWEST_OF_TAP ? filterWidth : 1;
}

/** The number of taps that are side by side in a padded row. */
function tapsInRow(filterWidth: i32, dilationWidth: i32): i32 {
  return dilationWidth === 1 ? filterWidth : 1;
}

/** The length of a row of the product's left matrix: the channels of the taps, up to four more. */
function rowLength(taps: i32, inChannels: i32): i32 {
  return (taps * inChannels + 3) & ~3;
}

/** Bytes from one copied row to the next: an odd number of cache lines, to use all cache sets. */
function stepOf(length: i32): usize {
  return ((((<usize>length) << 2) + 63) & ~63) | 64;
}

/** Whether rows of dy so long would fall into few cache sets. */
function isAligned(dyBytes: usize): bool {
  return dyBytes % 256 === 0;
}

/**
 * The number of floats that `convolutionFilterGradient` needs as scratch space: the shape, padded
 * rows, or the rows of a chunk of both operands, and sums with as many rows as a row is long.
 */
export function convolutionFilterGradientScratch(
  inChannels: i32,
  outWidth: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideWidth: i32,
  dilationWidth: i32,
): f64 {
  const length = rowLength(tapsTogether(filterHeight, filterWidth, inChannels), inChannels);
  const chunk = <f64>rowsInChunk(length) * <f64>((<i32>stepOf(length) >> 2) + outChannels);
  const copied = chunk + <f64>length * <f64>outChannels;
  if (!isLong(outWidth) || isWhole(inChannels)) return SHAPE_FLOATS + copied;
  const inRow = tapsInRow(filterWidth, dilationWidth);
  const products = filterHeight * (filterWidth / inRow);
  const sums = <f64>(products * rowLength(inRow, inChannels)) * <f64>outChannels;
  const rows = paddedRowsFloats(
    inChannels,
    outWidth,
    filterHeight,
    filterWidth,
    strideWidth,
    dilationWidth,
  );
  return SHAPE_FLOATS + sums + rows;
}

/**
 * Filter gradient:
 *
 * df[i, j, a, b] = Σ x[n, s p + d i − top, s q + d j − left, a] · dy[n, p, q, b]
 *
 * `writeConvolutionShape` writes the sizes to the start of the scratch space.
 *
 * One pass, in one of three ways. Each adds products xᵀ dy of the pixels that taps meet with the
 * gradients of their outputs. If rows of outputs are long, a product sums one row. Its pixels are
 * those of one tap in place or, with few channels, those of a row of taps in padded rows. If rows
 * are short, a product sums a chunk of outputs over copies of pixels.
 */
export function convolutionFilterGradient(x: usize, dy: usize, df: usize, scratch: usize): void {
  const shape = shapeAt(scratch);
  const space = afterShape(scratch);
  if (!isLong(shape.outWidth)) sumCopies(x, dy, df, space, shape);
  else if (isWhole(shape.inChannels)) sumInPlace(x, dy, df, shape);
  else sumPaddedRows(x, dy, df, space, shape);
}

/** Adds the products of each row of outputs with the pixels that each tap meets, in place. */
function sumInPlace(x: usize, dy: usize, df: usize, shape: Shape): void {
  const dyBytes = (<usize>shape.outChannels) << 2;
  const taps = shape.filterHeight * shape.filterWidth;
  memory.fill(df, 0, <usize>(taps * shape.inChannels) * dyBytes);
  for (let line = 0; line < shape.batch * shape.outHeight; line++) {
    addLine(x, dy + <usize>(line * shape.outWidth) * dyBytes, df, line, shape);
  }
}

/** Adds the products of one row of outputs, counted over the batch. */
function addLine(x: usize, dy: usize, df: usize, line: i32, shape: Shape): void {
  const channels = shape.inChannels;
  const pixel = (<usize>channels) << 2;
  const dyBytes = (<usize>shape.outChannels) << 2;
  for (let tap = 0; tap < shape.filterHeight * shape.filterWidth; tap++) {
    const row = (tap / shape.filterWidth) * shape.dilationHeight - shape.top;
    const column = (tap % shape.filterWidth) * shape.dilationWidth - shape.left;
    const place = placeOfRow(line, row, shape);
    const first = firstInside(column, shape.strideWidth);
    const count = outputsInside(column, first, shape);
    if (place < 0 || count <= 0) continue;
    addOuterProducts(
      x + <usize>(place + first * shape.strideWidth + column) * pixel,
      <usize>shape.strideWidth * pixel,
      dy + <usize>first * dyBytes,
      dyBytes,
      WIDE_BYTES,
      df + <usize>(tap * channels) * dyBytes,
      count,
      channels,
      shape.outChannels,
    );
  }
}

/**
 * Adds the products of each row of outputs with padded rows. A product has the channels of all taps
 * in a row of an undilated filter, which are side by side. If their number is no multiple of four,
 * it has up to three values of the next pixel too, and these sums are left out at the end.
 */
function sumPaddedRows(x: usize, dy: usize, df: usize, space: usize, shape: Shape): void {
  const dyBytes = (<usize>shape.outChannels) << 2;
  const pixel = (<usize>shape.inChannels) << 2;
  const inRow = tapsInRow(shape.filterWidth, shape.dilationWidth);
  const runs = shape.filterWidth / inRow;
  const length = rowLength(inRow, shape.inChannels);
  const blockBytes = <usize>length * dyBytes;
  const usedBytes = <usize>(inRow * shape.inChannels) * dyBytes;
  const sums = space;
  const all = <usize>(shape.filterHeight * runs) * blockBytes;
  const rows = paddedRows(sums + all, shape, false);
  const imageBytes = <usize>(shape.inHeight * shape.inWidth) * pixel;
  memory.fill(sums, 0, all);
  for (let n = 0; n < shape.batch; n++) {
    for (let first = 0; first < shape.outHeight; first += rows.outputs) {
      const count = min(rows.outputs, shape.outHeight - first);
      let from = rowsOf(x + <usize>n * imageBytes, rows, first, count, shape);
      for (let p = 0; p < count; p++) {
        let sum = sums;
        for (let i = 0; i < shape.filterHeight; i++) {
          for (let j = 0; j < runs; j++) {
            addOuterProducts(
              from + <usize>i * rows.tapStep + <usize>(j * shape.dilationWidth) * pixel,
              <usize>shape.strideWidth * pixel,
              dy,
              dyBytes,
              WIDE_BYTES,
              sum,
              shape.outWidth,
              length,
              shape.outChannels,
            );
            sum += blockBytes;
          }
        }
        from += rows.outputStep;
        dy += <usize>shape.outWidth * dyBytes;
      }
    }
  }
  for (let block = 0; block < shape.filterHeight * runs; block++) {
    memory.copy(df + <usize>block * usedBytes, sums + <usize>block * blockBytes, usedBytes);
  }
}

/**
 * Adds the products of chunks of outputs with copies of the pixels that they meet, the taps side by
 * side. Copies are padded with zeros to a multiple of four values.
 */
function sumCopies(x: usize, dy: usize, df: usize, copies: usize, shape: Shape): void {
  const inChannels = shape.inChannels;
  const outChannels = shape.outChannels;
  const taps = shape.filterHeight * shape.filterWidth;
  const together = tapsTogether(shape.filterHeight, shape.filterWidth, inChannels);
  const length = rowLength(together, inChannels);
  const chunk = rowsInChunk(length);
  const dyBytes = (<usize>outChannels) << 2;
  const dfBytes = <usize>(taps * inChannels) * dyBytes;
  const step = stepOf(length);
  const isPacked = isAligned(dyBytes);
  const isPadded = length > together * inChannels;
  const panels = copies + <usize>chunk * step;
  const sums = isPadded ? panels + <usize>chunk * dyBytes : df;
  memory.fill(sums, 0, isPadded ? <usize>length * dyBytes : dfBytes);
  if (isPadded) memory.fill(copies, 0, <usize>chunk * step);
  const outputs = shape.batch * shape.outHeight * shape.outWidth;
  for (let start = 0; start < outputs; start += chunk) {
    const end = min(start + chunk, outputs);
    const upstream = dy + <usize>start * dyBytes;
    if (isPacked) toPanels(upstream, panels, end - start, dyBytes);
    for (let tap = 0; tap < taps; tap += together) {
      gatherTaps(x, copies, step, start, end, tap, together, shape);
      addOuterProducts(
        copies,
        step,
        isPacked ? panels : upstream,
        isPacked ? WIDE_BYTES : dyBytes,
        isPacked ? <usize>(end - start) * WIDE_BYTES : WIDE_BYTES,
        sums + <usize>(tap * inChannels) * dyBytes,
        end - start,
        length,
        outChannels,
      );
    }
  }
  if (isPadded) memory.copy(df, sums, dfBytes);
}

/** Copies the pixels that `together` taps meet at some outputs, with the taps side by side. */
function gatherTaps(
  x: usize,
  copies: usize,
  step: usize,
  start: i32,
  end: i32,
  tap: i32,
  together: i32,
  shape: Shape,
): void {
  const across = min(together, shape.filterWidth);
  const column = (tap % shape.filterWidth) * shape.dilationWidth - shape.left;
  for (let k = 0; k < together; k += across) {
    const row = ((tap + k) / shape.filterWidth) * shape.dilationHeight - shape.top;
    const to = copies + ((<usize>(k * shape.inChannels)) << 2);
    gatherRows(x, to, step, start, end, row, column, across, shape);
  }
}

/** Copies rows of dy to panels of sixteen channels: [panels, count, 16]. */
function toPanels(dy: usize, panels: usize, count: i32, bytes: usize): void {
  for (let b: usize = 0; b < bytes; b += WIDE_BYTES) {
    let from = dy + b;
    for (let q = 0; q < count; q++) {
      v128.store(panels, v128.load(from));
      v128.store(panels, v128.load(from, 16), 16);
      v128.store(panels, v128.load(from, 32), 32);
      v128.store(panels, v128.load(from, 48), 48);
      panels += WIDE_BYTES;
      from += bytes;
    }
  }
}
