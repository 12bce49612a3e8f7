// 3×3 convolutions at stride 1 by Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray 2016).
// Each 4×4 block of outputs takes 36 products for each pair of channels; a direct convolution takes
// 144, F(2×2, 3×3) takes 64.
//
// The points of the transformation are 0, ±5/8, ±3/2 and ∞. The usual points 0, ±1, ±2 and ∞ have
// five times the rounding error of a direct convolution, these have two to three times.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { filterPlane, four, multiplyParts } from './winograd';
import {
  A,
  A2,
  B,
  B2,
  linesFloats,
  outputLines,
  planeBytes,
  planesFloats,
  transformTiles,
} from './winograd-lines';

/** One over the product of the differences of a point to the others: of 0, ±a, ±b. */
export const SHARE_0: f32 = <f32>(1 / 0.87890625);
export const SHARE_A: f32 = <f32>(1 / (2 * 0.390625 * (0.390625 - 2.25)));
export const SHARE_B: f32 = <f32>(1 / (2 * 2.25 * (2.25 - 0.390625)));

/** Products for each tile and pair of channels. */
export const PARTS: i32 = 36;
/** Output channels in one panel of the transformed filter. */
const PANEL: i32 = 8;

/**
 * The number of tiles that are transformed and multiplied together, a multiple of 4 and of 6. Their
 * data fits in the second-level cache.
 */
export function tilesOf(channels: i32): i32 {
  return channels > 256 ? 72 : 48;
}

/**
 * The number of floats that `winogradLarge` needs as scratch space: the transformed filter, the
 * tiles of x, their products, the transformed lines of x, and a filter between two stages or pixels
 * outside the image.
 */
export function winogradLargeScratch(
  inWidth: i32,
  inChannels: i32,
  outWidth: i32,
  outChannels: i32,
): f64 {
  const tiles = tilesOf(max(inChannels, outChannels));
  const filters = <f64>PARTS * <f64>(filterPlane(inChannels, outChannels) >> 2);
  const inBytes = (<usize>inChannels) << 2;
  const outBytes = (<usize>outChannels) << 2;
  const planes = planesFloats(tiles, inBytes) + planesFloats(tiles, outBytes);
  const lines = linesFloats((outWidth + 3) >> 2, inWidth, inChannels);
  return filters + planes + lines + <f64>max(18 * 4, outChannels);
}

/**
 * Forward convolution with a 3×3 filter g, as `winograd` computes it:
 *
 * y[n, p, q, b] = Σ x[n, p + i − top, q + j − left, a] · g[i, j, a, b]
 * y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
 *
 * d are the 6×6 tiles of x, which overlap by two. Without `isRotated` g = f. With it g[i, j, a, b]
 * = f[2 − i, 2 − j, b, a], and y is the input gradient of a convolution with f. inChannels must be
 * a multiple of 4, outChannels a multiple of 8.
 *
 * The filter is transformed once into scratch. The outer loop takes a group of tiles at a time: it
 * transforms them, computes 36 matrix products, and transforms the products to y. Both
 * transformations have two stages. Bᵀ d runs over whole lines of the image, so neighbouring tiles
 * share it. Aᵀ m runs over all tiles of the group, in place.
 */
export function winogradLarge(
  x: usize,
  f: usize,
  y: usize,
  scratch: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  top: i32,
  left: i32,
  isRotated: bool,
): void {
  const group = tilesOf(max(inChannels, outChannels));
  const inBytes = (<usize>inChannels) << 2;
  const outBytes = (<usize>outChannels) << 2;
  const inPlane = planeBytes(group, inBytes);
  const outPlane = planeBytes(group, outBytes);
  const down = (outHeight + 3) >> 2;
  const across = (outWidth + 3) >> 2;
  const filters = scratch;
  const inputs = filters + <usize>PARTS * filterPlane(inChannels, outChannels);
  const products = inputs + <usize>PARTS * inPlane;
  const lines = products + <usize>PARTS * outPlane;
  const aside = lines + ((<usize>linesFloats(across, inWidth, inChannels)) << 2);
  memory.fill(lines, 0, aside - lines);
  transformFilter(f, filters, aside, inChannels, outChannels, isRotated);
  const tiles = batch * down * across;
  for (let first = 0; first < tiles; first += group) {
    const count = min(group, tiles - first);
    transformTiles(
      x,
      lines,
      inputs,
      inPlane,
      inBytes,
      first,
      count,
      down,
      across,
      top,
      left,
      inHeight,
      inWidth,
      inChannels,
    );
    // Products run in blocks of four tiles. Rows after the last tile hold old data, and are not
    // read.
    const rows = (count + 3) & ~3;
    multiplyParts(
      inputs,
      inPlane,
      filters,
      products,
      outPlane,
      PARTS,
      rows,
      inChannels,
      outChannels,
    );
    storeTiles(
      products,
      outPlane,
      y,
      aside,
      first,
      count,
      down,
      across,
      outHeight,
      outWidth,
      outChannels,
    );
  }
}

/** Aᵀ m A of the tiles `first` to `first + count`. Changes the products. */
function storeTiles(
  products: usize,
  plane: usize,
  y: usize,
  aside: usize,
  first: i32,
  count: i32,
  down: i32,
  across: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const step: usize = 6 * plane;
  for (let j: usize = 0; j < 6; j++) {
    const from = products + j * plane;
    const bytes = <usize>count * pixel;
    outputLines(from, step, 0, from, from + step, from + 2 * step, from + 3 * step, 0, bytes, 1);
  }
  for (let t = 0; t < count; t++) {
    const tile = first + t;
    const n = tile / (down * across);
    const row = 4 * ((tile / across) % down);
    const column = 4 * (tile % across);
    const to = y + <usize>((n * height + row) * width + column) * pixel;
    const from = products + <usize>t * pixel;
    const rows = min(4, height - row);
    storeTile(from, plane, to, aside, rows, width - column, <usize>width * pixel, pixel);
  }
}

/** The second stage of Aᵀ m A, for one tile. Pixels outside the image go to `aside`. */
function storeTile(
  from: usize,
  plane: usize,
  to: usize,
  aside: usize,
  rows: i32,
  columns: i32,
  line: usize,
  bytes: usize,
): void {
  const step: usize = 6 * plane;
  if (columns >= 4) {
    const q = to + 2 * bytes;
    outputLines(from, plane, step, to, to + bytes, q, q + bytes, line, bytes, rows);
    return;
  }
  for (let i = 0; i < rows; i++) {
    const q1 = columns > 1 ? to + bytes : aside;
    const q2 = columns > 2 ? to + 2 * bytes : aside;
    outputLines(from, plane, 0, to, q1, q2, aside, 0, bytes, 1);
    from += step;
    to += line;
  }
}

/** G g Gᵀ for each pair of channels: [36, panels, inChannels, 8]. */
function transformFilter(
  f: usize,
  target: usize,
  between: usize,
  inChannels: i32,
  outChannels: i32,
  isRotated: bool,
): void {
  const tapBytes = (<usize>(inChannels * outChannels)) << 2;
  const stepA = isRotated ? <usize>4 : (<usize>outChannels) << 2;
  const stepB = isRotated ? (<usize>inChannels) << 2 : <usize>4;
  const first = isRotated ? f + 8 * tapBytes : f;
  const sign: isize = isRotated ? -1 : 1;
  const tap = <usize>(sign * <isize>tapBytes);
  const plane = filterPlane(inChannels, outChannels);
  for (let b = 0; b < outChannels; b += 4) {
    const panel = ((<usize>(b / PANEL) * inChannels * PANEL) << 2) + ((<usize>(b % PANEL)) << 2);
    for (let a: usize = 0; a < <usize>inChannels; a++) {
      const at = first + a * stepA + <usize>b * stepB;
      const to = target + panel + ((a * PANEL) << 2);
      for (let j: usize = 0; j < 3; j++) {
        filterLine(
          four(at + j * tap, stepB),
          four(at + (3 + j) * tap, stepB),
          four(at + (6 + j) * tap, stepB),
          between + 16 * j,
          48,
        );
      }
      for (let i: usize = 0; i < 6; i++) {
        const from = between + 48 * i;
        filterLine(
          v128.load(from),
          v128.load(from, 16),
          v128.load(from, 32),
          to + 6 * i * plane,
          plane,
        );
      }
    }
  }
}

/** G g of three taps. The six results are `step` bytes apart. */
function filterLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  v128.store(to, f32x4.mul(f32x4.splat(SHARE_0), g0));
  const evenA = multiplyAdd(f32x4.splat(A2), g2, g0);
  const oddA = f32x4.mul(f32x4.splat(A), g1);
  v128.store(to + step, f32x4.mul(f32x4.splat(SHARE_A), f32x4.add(evenA, oddA)));
  v128.store(to + 2 * step, f32x4.mul(f32x4.splat(SHARE_A), f32x4.sub(evenA, oddA)));
  const evenB = multiplyAdd(f32x4.splat(B2), g2, g0);
  const oddB = f32x4.mul(f32x4.splat(B), g1);
  v128.store(to + 3 * step, f32x4.mul(f32x4.splat(SHARE_B), f32x4.add(evenB, oddB)));
  v128.store(to + 4 * step, f32x4.mul(f32x4.splat(SHARE_B), f32x4.sub(evenB, oddB)));
  v128.store(to + 5 * step, g2);
}
