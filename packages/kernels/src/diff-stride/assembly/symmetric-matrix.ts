// Matrices that act along one axis of a folded image, and the products with them.

import { evenCount, tableFloats } from '../../wasm/assembly/panel';
import { take } from './arena';
import { FoldedImage } from './folded-image';
import { groupProduct } from './group-product';

/** A part of an axis of n pixels: its sums, its differences, or the pixels themselves. */
export const EVEN: i32 = 0;
export const ODD: i32 = 1;
export const WHOLE: i32 = 2;

/** The number of pixels in a part of n pixels. An empty axis has empty parts. */
function countOf(n: i32, part: i32): i32 {
  if (n === 0) return 0;
  return part === EVEN ? evenCount(n) : part === ODD ? n - evenCount(n) : n;
}

/** The block of a matrix that maps one part of its input axis to one part of its output axis. */
@unmanaged
export class Part {
  table: usize;
  m: i32;
  k: i32;
  to: i32;
  from: i32;
}

/**
 * The block of a row-major matrix [m, k] from the part `from` of its columns to the part `to` of
 * its rows, as a table of four-row blocks. A folded column is `(a[i, p] ± a[i, k − p])/2`. A row of
 * a part stands for its mirror image too, by the symmetry of the matrix.
 */
export function partOf(matrix: usize, m: i32, k: i32, to: i32, from: i32): Part {
  const part = changetype<Part>(take(offsetof<Part>()));
  part.m = countOf(m, to);
  part.k = countOf(k, from);
  part.to = to;
  part.from = from;
  const bytes = (<usize>tableFloats(part.m, part.k)) << 2;
  part.table = take(bytes);
  memory.fill(part.table, 0, bytes);
  const firstRow = to === ODD ? 1 : 0;
  for (let r = 0; r < part.m; r++) {
    const row = matrix + ((<usize>((r + firstRow) * k)) << 2);
    const target = part.table + ((<usize>((r >> 2) * part.k)) << 4) + ((<usize>(r & 3)) << 2);
    for (let s = 0; s < part.k; s++) {
      store<f32>(target + ((<usize>s) << 4), foldedEntry(row, k, s, from));
    }
  }
  return part;
}

function foldedEntry(row: usize, k: i32, s: i32, from: i32): f32 {
  const p = from === ODD ? s + 1 : s;
  const value = load<f32>(row + ((<usize>p) << 2));
  if (from === WHOLE || p === 0 || 2 * p === k) return value;
  const other = load<f32>(row + ((<usize>(k - p)) << 2));
  return (from === ODD ? value - other : value + other) * 0.5;
}

/** The first row or column of a part. */
function firstOf(n: i32, part: i32): i32 {
  return part === ODD ? evenCount(n) : 0;
}

/** Multiplies the rows of an image by a part of a matrix. */
export function alongHeight(part: Part, x: FoldedImage, y: FoldedImage): void {
  groupProduct(
    part.table,
    part.m,
    part.k,
    x.address + <usize>firstOf(x.height, part.from) * x.rowStep,
    x.rowStep,
    x.columnStep,
    y.address + <usize>firstOf(y.height, part.to) * y.rowStep,
    y.rowStep,
    y.columnStep,
    x.width,
    x.block,
  );
}

/** Multiplies the columns of an image by a part of a matrix. */
export function alongWidth(part: Part, x: FoldedImage, y: FoldedImage): void {
  groupProduct(
    part.table,
    part.m,
    part.k,
    x.address + <usize>firstOf(x.width, part.from) * x.columnStep,
    x.columnStep,
    x.rowStep,
    y.address + <usize>firstOf(y.width, part.to) * y.columnStep,
    y.columnStep,
    y.rowStep,
    x.height,
    x.block,
  );
}

/** The two blocks of a matrix that are not 0. The others are, by its symmetry. */
@unmanaged
export class Blocks {
  toEven: Part;
  toOdd: Part;
}

/**
 * The blocks of a matrix [m, k] with `a[−i, −p] = a[i, p]`: they map even to even and odd to odd
 * parts. With `isSkew`, `a[−i, −p] = −a[i, p]`: they map odd to even and even to odd parts.
 */
export function blocksOf(matrix: usize, m: i32, k: i32, isSkew: bool): Blocks {
  const blocks = changetype<Blocks>(take(offsetof<Blocks>()));
  blocks.toEven = partOf(matrix, m, k, EVEN, isSkew ? ODD : EVEN);
  blocks.toOdd = partOf(matrix, m, k, ODD, isSkew ? EVEN : ODD);
  return blocks;
}

/** Multiplies the rows of an image by a matrix. */
export function multiplyRows(matrix: Blocks, x: FoldedImage, y: FoldedImage): void {
  alongHeight(matrix.toEven, x, y);
  alongHeight(matrix.toOdd, x, y);
}

/** Multiplies the columns of an image by a matrix. */
export function multiplyColumns(matrix: Blocks, x: FoldedImage, y: FoldedImage): void {
  alongWidth(matrix.toEven, x, y);
  alongWidth(matrix.toOdd, x, y);
}
