// The transformations of Winograd's tiles of 4×4 along lines of pixels, at the points of
// `winograd-large.ts`.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isWide } from '../../wasm/assembly/wide-tile';

/** The points a and b, and their powers. */
export const A: f32 = 0.625;
export const B: f32 = 1.5;
export const A2: f32 = 0.390625;
export const B2: f32 = 2.25;
const A3: f32 = 0.244140625;
const B3: f32 = 3.375;
/** a² + b² and a² · b². */
const SUM: f32 = 2.640625;
const PRODUCT: f32 = 0.87890625;

/** Unused bytes after each plane and line. Without them all would fall into few cache sets. */
const GAP: usize = 64;

/** Bytes from one plane to the next, for so many tiles of `bytes`. */
export function planeBytes(tiles: i32, bytes: usize): usize {
  return <usize>tiles * bytes + GAP;
}

/** The number of floats in the 36 planes of a group of tiles. */
export function planesFloats(tiles: i32, bytes: usize): f64 {
  return 36 * <f64>(planeBytes(tiles, bytes) >> 2);
}

/** Bytes from one transformed line of a row of tiles to the next. */
export function lineBytes(across: i32, channels: i32): usize {
  return ((<usize>((4 * across + 2) * channels)) << 2) + GAP;
}

/** The number of floats in the six lines of `transformLines`, with the line of zeros after them. */
export function linesFloats(across: i32, width: i32, channels: i32): f64 {
  return 6 * <f64>(lineBytes(across, channels) >> 2) + <f64>width * <f64>channels;
}

/**
 * Bᵀ d of a row of tiles: [6, 4 · across + 2, channels]. It transforms the six lines of the image
 * from `row` on. Lines outside the image are zeros. Pixels outside it are not written, and must be
 * zeros before.
 */
export function transformLines(
  image: usize,
  lines: usize,
  row: i32,
  left: i32,
  height: i32,
  width: i32,
  across: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const first = max(0, -left);
  const end = min(width, 4 * across + 2 - left);
  if (first >= end) return;
  const step = lineBytes(across, channels);
  const blank = lines + 6 * step;
  const from = image + <usize>first * pixel;
  const line = <usize>width * pixel;
  tileLines(
    lineAt(from, blank, row, height, line),
    lineAt(from, blank, row + 1, height, line),
    lineAt(from, blank, row + 2, height, line),
    lineAt(from, blank, row + 3, height, line),
    lineAt(from, blank, row + 4, height, line),
    lineAt(from, blank, row + 5, height, line),
    0,
    lines + <usize>(first + left) * pixel,
    step,
    0,
    <usize>(end - first) * pixel,
    1,
  );
}

/**
 * Bᵀ d B of the tiles `first` to `first + count` of x, counted over the batch. The values of a tile
 * are `tileBytes` after those of the tile before, in 36 planes. `lines` holds the transformed lines
 * of one row of tiles from call to call.
 */
export function transformTiles(
  x: usize,
  lines: usize,
  planes: usize,
  plane: usize,
  tileBytes: usize,
  first: i32,
  count: i32,
  down: i32,
  across: i32,
  top: i32,
  left: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  for (let t = 0; t < count; t++) {
    const tile = first + t;
    const column = tile % across;
    if (column === 0) {
      const image = x + <usize>((tile / (down * across)) * height * width) * pixel;
      const row = 4 * ((tile / across) % down) - top;
      transformLines(image, lines, row, left, height, width, across, channels);
    }
    const from = lines + <usize>(4 * column) * pixel;
    tileLines(
      from,
      from + pixel,
      from + 2 * pixel,
      from + 3 * pixel,
      from + 4 * pixel,
      from + 5 * pixel,
      lineBytes(across, channels),
      planes + <usize>t * tileBytes,
      plane,
      6 * plane,
      pixel,
      6,
    );
  }
}

/** Returns the address of a line, or of the zeros if it lies outside the image. */
export function lineAt(image: usize, blank: usize, row: i32, height: i32, line: usize): usize {
  return <u32>row < <u32>height ? image + <usize>row * line : blank;
}

/**
 * Bᵀ d of six pixels, for `bytes` of values and so many lines. Lines of the pixels are `fromStep`
 * bytes apart. The six results of a line are `step` bytes apart, and its lines `toStep` bytes.
 */
export function tileLines(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  p4: usize,
  p5: usize,
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
  const minusA2 = f32x4.splat(-A2);
  const minusB2 = f32x4.splat(-B2);
  const minusSum = f32x4.splat(-SUM);
  const product = f32x4.splat(PRODUCT);
  for (let line = 0; line < lines; line++) {
    let c: usize = 0;
    // The same on eight values, which the engine can join. It needs adjacent loads and stores.
    for (; isWide && c + 32 <= bytes; c += 32) {
      const d0 = v128.load(p0 + c);
      const e0 = v128.load(p0 + c, 16);
      const d1 = v128.load(p1 + c);
      const e1 = v128.load(p1 + c, 16);
      const d2 = v128.load(p2 + c);
      const e2 = v128.load(p2 + c, 16);
      const d3 = v128.load(p3 + c);
      const e3 = v128.load(p3 + c, 16);
      const d4 = v128.load(p4 + c);
      const e4 = v128.load(p4 + c, 16);
      const d5 = v128.load(p5 + c);
      const e5 = v128.load(p5 + c, 16);
      const at = to + c;
      v128.store(at, multiplyAdd(product, d0, multiplyAdd(minusSum, d2, d4)));
      v128.store(at, multiplyAdd(product, e0, multiplyAdd(minusSum, e2, e4)), 16);
      const evenA = multiplyAdd(minusB2, d2, d4);
      const evenC = multiplyAdd(minusB2, e2, e4);
      const oddA = multiplyAdd(minusB2, d1, d3);
      const oddC = multiplyAdd(minusB2, e1, e3);
      v128.store(at + step, multiplyAdd(a, oddA, evenA));
      v128.store(at + step, multiplyAdd(a, oddC, evenC), 16);
      v128.store(at + 2 * step, multiplyAdd(minusA, oddA, evenA));
      v128.store(at + 2 * step, multiplyAdd(minusA, oddC, evenC), 16);
      const evenB = multiplyAdd(minusA2, d2, d4);
      const evenD = multiplyAdd(minusA2, e2, e4);
      const oddB = multiplyAdd(minusA2, d1, d3);
      const oddD = multiplyAdd(minusA2, e1, e3);
      v128.store(at + 3 * step, multiplyAdd(b, oddB, evenB));
      v128.store(at + 3 * step, multiplyAdd(b, oddD, evenD), 16);
      v128.store(at + 4 * step, multiplyAdd(minusB, oddB, evenB));
      v128.store(at + 4 * step, multiplyAdd(minusB, oddD, evenD), 16);
      v128.store(at + 5 * step, multiplyAdd(product, d1, multiplyAdd(minusSum, d3, d5)));
      v128.store(at + 5 * step, multiplyAdd(product, e1, multiplyAdd(minusSum, e3, e5)), 16);
    }
    for (; c < bytes; c += 16) {
      const d1 = v128.load(p1 + c);
      const d2 = v128.load(p2 + c);
      const d3 = v128.load(p3 + c);
      const d4 = v128.load(p4 + c);
      const at = to + c;
      v128.store(at, multiplyAdd(product, v128.load(p0 + c), multiplyAdd(minusSum, d2, d4)));
      const evenA = multiplyAdd(minusB2, d2, d4);
      const oddA = multiplyAdd(minusB2, d1, d3);
      v128.store(at + step, multiplyAdd(a, oddA, evenA));
      v128.store(at + 2 * step, multiplyAdd(minusA, oddA, evenA));
      const evenB = multiplyAdd(minusA2, d2, d4);
      const oddB = multiplyAdd(minusA2, d1, d3);
      v128.store(at + 3 * step, multiplyAdd(b, oddB, evenB));
      v128.store(at + 4 * step, multiplyAdd(minusB, oddB, evenB));
      const last = multiplyAdd(minusSum, d3, v128.load(p5 + c));
      v128.store(at + 5 * step, multiplyAdd(product, d1, last));
    }
    p0 += fromStep;
    p1 += fromStep;
    p2 += fromStep;
    p3 += fromStep;
    p4 += fromStep;
    p5 += fromStep;
    to += toStep;
  }
}

/**
 * Aᵀ m of six values that are `step` bytes apart, to four addresses, for `bytes` of values and so
 * many lines. Lines of the values are `fromStep` bytes apart, lines of the results `toStep` bytes.
 * The results may replace the first four values.
 */
export function outputLines(
  from: usize,
  step: usize,
  fromStep: usize,
  q0: usize,
  q1: usize,
  q2: usize,
  q3: usize,
  toStep: usize,
  bytes: usize,
  lines: i32,
): void {
  const a = f32x4.splat(A);
  const b = f32x4.splat(B);
  const a2 = f32x4.splat(A2);
  const b2 = f32x4.splat(B2);
  const a3 = f32x4.splat(A3);
  const b3 = f32x4.splat(B3);
  for (let line = 0; line < lines; line++) {
    let c: usize = 0;
    for (; isWide && c + 32 <= bytes; c += 32) {
      const at = from + c;
      const m0 = v128.load(at);
      const n0 = v128.load(at, 16);
      const m1 = v128.load(at + step);
      const n1 = v128.load(at + step, 16);
      const m2 = v128.load(at + 2 * step);
      const n2 = v128.load(at + 2 * step, 16);
      const m3 = v128.load(at + 3 * step);
      const n3 = v128.load(at + 3 * step, 16);
      const m4 = v128.load(at + 4 * step);
      const n4 = v128.load(at + 4 * step, 16);
      const m5 = v128.load(at + 5 * step);
      const n5 = v128.load(at + 5 * step, 16);
      const evenA = f32x4.add(m1, m2);
      const evenC = f32x4.add(n1, n2);
      const oddA = f32x4.sub(m1, m2);
      const oddC = f32x4.sub(n1, n2);
      const evenB = f32x4.add(m3, m4);
      const evenD = f32x4.add(n3, n4);
      const oddB = f32x4.sub(m3, m4);
      const oddD = f32x4.sub(n3, n4);
      v128.store(q0 + c, f32x4.add(f32x4.add(m0, evenA), evenB));
      v128.store(q0 + c, f32x4.add(f32x4.add(n0, evenC), evenD), 16);
      v128.store(q1 + c, multiplyAdd(b, oddB, f32x4.mul(a, oddA)));
      v128.store(q1 + c, multiplyAdd(b, oddD, f32x4.mul(a, oddC)), 16);
      v128.store(q2 + c, multiplyAdd(b2, evenB, f32x4.mul(a2, evenA)));
      v128.store(q2 + c, multiplyAdd(b2, evenD, f32x4.mul(a2, evenC)), 16);
      v128.store(q3 + c, multiplyAdd(b3, oddB, multiplyAdd(a3, oddA, m5)));
      v128.store(q3 + c, multiplyAdd(b3, oddD, multiplyAdd(a3, oddC, n5)), 16);
    }
    for (; c < bytes; c += 16) {
      const at = from + c;
      const m1 = v128.load(at + step);
      const m2 = v128.load(at + 2 * step);
      const m3 = v128.load(at + 3 * step);
      const m4 = v128.load(at + 4 * step);
      const evenA = f32x4.add(m1, m2);
      const oddA = f32x4.sub(m1, m2);
      const evenB = f32x4.add(m3, m4);
      const oddB = f32x4.sub(m3, m4);
      v128.store(q0 + c, f32x4.add(f32x4.add(v128.load(at), evenA), evenB));
      v128.store(q1 + c, multiplyAdd(b, oddB, f32x4.mul(a, oddA)));
      v128.store(q2 + c, multiplyAdd(b2, evenB, f32x4.mul(a2, evenA)));
      const last = multiplyAdd(a3, oddA, v128.load(at + 5 * step));
      v128.store(q3 + c, multiplyAdd(b3, oddB, last));
    }
    from += fromStep;
    q0 += toStep;
    q1 += toStep;
    q2 += toStep;
    q3 += toStep;
  }
}
