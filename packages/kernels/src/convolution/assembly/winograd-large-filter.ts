// Filter gradient of 3×3 convolutions at stride 1 by minimal filtering F(3×3, 4×4), at the points
// of `winograd-large.ts`. It multiplies 6×6 tiles of the image by 4×4 tiles of dy, with 36
// products.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isWide } from '../../wasm/assembly/wide-tile';
import { accumulateParts, tileStep } from './winograd-filter';
import { PARTS, SHARE_0, SHARE_A, SHARE_B, tilesOf } from './winograd-large';
import {
  A,
  A2,
  B,
  B2,
  lineAt,
  lineBytes,
  linesFloats,
  planeBytes,
  planesFloats,
  transformTiles,
} from './winograd-lines';

/**
 * The number of floats that `winogradLargeFilterGradient` needs as scratch space: the sums, the
 * tiles of x and of dy, and the transformed lines of both.
 */
export function winogradLargeFilterScratch(
  inWidth: i32,
  inChannels: i32,
  outWidth: i32,
  outChannels: i32,
): f64 {
  const tiles = tilesOf(max(inChannels, outChannels));
  const across = (outWidth + 3) >> 2;
  const sums = <f64>PARTS * <f64>inChannels * <f64>outChannels;
  const planes =
    planesFloats(tiles, tileStep(inChannels)) + planesFloats(tiles, tileStep(outChannels));
  const lines = linesFloats(across, inWidth, inChannels);
  return sums + planes + lines + linesFloats(across, outWidth, outChannels);
}

/**
 * Filter gradient, i and j from 0 to 2:
 *
 * df[i, j, a, b] = Σ x[n, p + i − top, q + j − left, a] · dy[n, p, q, b]
 * df = Aᵀ [Σ (Bᵀ d B) ⊙ (G e Gᵀ)] A
 *
 * d are the 6×6 tiles of x, which overlap by two; e the 4×4 tiles of dy. B is that of the forward
 * convolution. G has the rows (1, p, p², p³) of the points p, and A includes one over the
 * differences of the points. inChannels must be a multiple of 4, outChannels a multiple of 8.
 *
 * The outer loop takes a group of tiles at a time. It transforms both kinds into scratch, whole
 * lines first, and adds their 36 products to the sums. A last pass transforms the sums to df.
 */
export function winogradLargeFilterGradient(
  x: usize,
  dy: usize,
  df: usize,
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
): void {
  const group = tilesOf(max(inChannels, outChannels));
  const inTile = tileStep(inChannels);
  const outTile = tileStep(outChannels);
  const inPlane = planeBytes(group, inTile);
  const outPlane = planeBytes(group, outTile);
  const down = (outHeight + 3) >> 2;
  const across = (outWidth + 3) >> 2;
  const sums = scratch;
  const sumBytes = (<usize>(PARTS * inChannels * outChannels)) << 2;
  const inputs = sums + sumBytes;
  const upstream = inputs + <usize>PARTS * inPlane;
  const inLines = upstream + <usize>PARTS * outPlane;
  const outLines = inLines + ((<usize>linesFloats(across, inWidth, inChannels)) << 2);
  const end = outLines + ((<usize>linesFloats(across, outWidth, outChannels)) << 2);
  memory.fill(sums, 0, sumBytes);
  memory.fill(inLines, 0, end - inLines);
  const tiles = batch * down * across;
  for (let first = 0; first < tiles; first += group) {
    const count = min(group, tiles - first);
    transformTiles(
      x,
      inLines,
      inputs,
      inPlane,
      inTile,
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
    transformUpstreamTiles(
      dy,
      outLines,
      upstream,
      outPlane,
      first,
      count,
      down,
      across,
      outHeight,
      outWidth,
      outChannels,
    );
    accumulateParts(
      inputs,
      inPlane,
      upstream,
      outPlane,
      sums,
      PARTS,
      count,
      inChannels,
      outChannels,
    );
  }
  transformSums(sums, df, inChannels * outChannels);
}

/** G e Gᵀ of the tiles `first` to `first + count` of dy. See `transformTiles`. */
function transformUpstreamTiles(
  dy: usize,
  lines: usize,
  planes: usize,
  plane: usize,
  first: i32,
  count: i32,
  down: i32,
  across: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  for (let t = 0; t < count; t++) {
    const tile = first + t;
    const column = tile % across;
    if (column === 0) {
      const image = dy + <usize>((tile / (down * across)) * height * width) * pixel;
      const row = 4 * ((tile / across) % down);
      transformUpstream(image, lines, row, height, width, across, channels);
    }
    const from = lines + <usize>(4 * column) * pixel;
    upstreamLines(
      from,
      from + pixel,
      from + 2 * pixel,
      from + 3 * pixel,
      lineBytes(across, channels),
      planes + <usize>t * tileStep(channels),
      plane,
      6 * plane,
      pixel,
      6,
    );
  }
}

/**
 * G e of a row of tiles, from the four lines of dy from `row` on. Pixels outside it are not
 * written, and must be zeros before.
 */
function transformUpstream(
  image: usize,
  lines: usize,
  row: i32,
  height: i32,
  width: i32,
  across: i32,
  channels: i32,
): void {
  const step = lineBytes(across, channels);
  const blank = lines + 6 * step;
  const line = (<usize>(width * channels)) << 2;
  upstreamLines(
    lineAt(image, blank, row, height, line),
    lineAt(image, blank, row + 1, height, line),
    lineAt(image, blank, row + 2, height, line),
    lineAt(image, blank, row + 3, height, line),
    0,
    lines,
    step,
    0,
    line,
    1,
  );
}

/** G e of four pixels, for `bytes` of values and so many lines. See `tileLines`. */
function upstreamLines(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  fromStep: usize,
  to: usize,
  step: usize,
  toStep: usize,
  bytes: usize,
  lines: i32,
): void {
  const a = f32x4.splat(A);
  const b = f32x4.splat(B);
  const minusA = f32x4.splat(-A);
  const minusB = f32x4.splat(-B);
  const a2 = f32x4.splat(A2);
  const b2 = f32x4.splat(B2);
  for (let line = 0; line < lines; line++) {
    let c: usize = 0;
    for (; isWide && c + 32 <= bytes; c += 32) {
      const d0 = v128.load(p0 + c);
      const e0 = v128.load(p0 + c, 16);
      const d1 = v128.load(p1 + c);
      const e1 = v128.load(p1 + c, 16);
      const d2 = v128.load(p2 + c);
      const e2 = v128.load(p2 + c, 16);
      const d3 = v128.load(p3 + c);
      const e3 = v128.load(p3 + c, 16);
      const at = to + c;
      v128.store(at, d0);
      v128.store(at, e0, 16);
      const evenA = multiplyAdd(a2, d2, d0);
      const evenC = multiplyAdd(a2, e2, e0);
      const oddA = multiplyAdd(a2, d3, d1);
      const oddC = multiplyAdd(a2, e3, e1);
      v128.store(at + step, multiplyAdd(a, oddA, evenA));
      v128.store(at + step, multiplyAdd(a, oddC, evenC), 16);
      v128.store(at + 2 * step, multiplyAdd(minusA, oddA, evenA));
      v128.store(at + 2 * step, multiplyAdd(minusA, oddC, evenC), 16);
      const evenB = multiplyAdd(b2, d2, d0);
      const evenD = multiplyAdd(b2, e2, e0);
      const oddB = multiplyAdd(b2, d3, d1);
      const oddD = multiplyAdd(b2, e3, e1);
      v128.store(at + 3 * step, multiplyAdd(b, oddB, evenB));
      v128.store(at + 3 * step, multiplyAdd(b, oddD, evenD), 16);
      v128.store(at + 4 * step, multiplyAdd(minusB, oddB, evenB));
      v128.store(at + 4 * step, multiplyAdd(minusB, oddD, evenD), 16);
      v128.store(at + 5 * step, d3);
      v128.store(at + 5 * step, e3, 16);
    }
    for (; c < bytes; c += 16) {
      const e0 = v128.load(p0 + c);
      const e1 = v128.load(p1 + c);
      const e2 = v128.load(p2 + c);
      const e3 = v128.load(p3 + c);
      const at = to + c;
      v128.store(at, e0);
      const evenA = multiplyAdd(a2, e2, e0);
      const oddA = multiplyAdd(a2, e3, e1);
      v128.store(at + step, multiplyAdd(a, oddA, evenA));
      v128.store(at + 2 * step, multiplyAdd(minusA, oddA, evenA));
      const evenB = multiplyAdd(b2, e2, e0);
      const oddB = multiplyAdd(b2, e3, e1);
      v128.store(at + 3 * step, multiplyAdd(b, oddB, evenB));
      v128.store(at + 4 * step, multiplyAdd(minusB, oddB, evenB));
      v128.store(at + 5 * step, e3);
    }
    p0 += fromStep;
    p1 += fromStep;
    p2 += fromStep;
    p3 += fromStep;
    to += toStep;
  }
}

/** Aᵀ m A for each pair of channels: [36, pairs] → [9, pairs]. It overwrites the sums. */
function transformSums(sums: usize, df: usize, pairs: i32): void {
  const plane = (<usize>pairs) << 2;
  for (let j: usize = 0; j < 6; j++) {
    const line = sums + j * plane;
    sumsLine(line, 6 * plane, line, 6 * plane, plane);
  }
  for (let i: usize = 0; i < 3; i++) {
    sumsLine(sums + 6 * i * plane, plane, df + 3 * i * plane, plane, plane);
  }
}

/** Aᵀ m of six values that are `step` bytes apart. The three results are `toStep` bytes apart. */
function sumsLine(from: usize, step: usize, to: usize, toStep: usize, bytes: usize): void {
  const share0 = f32x4.splat(SHARE_0);
  const shareA = f32x4.splat(SHARE_A);
  const shareB = f32x4.splat(SHARE_B);
  const a = f32x4.splat(A);
  const b = f32x4.splat(B);
  const a2 = f32x4.splat(A2);
  const b2 = f32x4.splat(B2);
  for (let c: usize = 0; c < bytes; c += 16) {
    const at = from + c;
    const m0 = f32x4.mul(share0, v128.load(at));
    const m1 = v128.load(at + step);
    const m2 = v128.load(at + 2 * step);
    const m3 = v128.load(at + 3 * step);
    const m4 = v128.load(at + 4 * step);
    const m5 = v128.load(at + 5 * step);
    const evenA = f32x4.mul(shareA, f32x4.add(m1, m2));
    const oddA = f32x4.mul(shareA, f32x4.sub(m1, m2));
    const evenB = f32x4.mul(shareB, f32x4.add(m3, m4));
    const oddB = f32x4.mul(shareB, f32x4.sub(m3, m4));
    v128.store(to + c, f32x4.add(f32x4.add(m0, evenA), evenB));
    v128.store(to + toStep + c, multiplyAdd(b, oddB, f32x4.mul(a, oddA)));
    const last = multiplyAdd(b2, evenB, multiplyAdd(a2, evenA, m5));
    v128.store(to + 2 * toStep + c, last);
  }
}
