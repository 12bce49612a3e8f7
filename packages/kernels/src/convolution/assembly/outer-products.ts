// Products of the pixels that a tap meets with the gradients of its outputs, summed in place.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { fourByEight } from '../../wasm/assembly/narrow-tile';
import { isWide, WIDE_BYTES, wideProduct } from '../../wasm/assembly/wide-tile';

/**
 * f [inChannels, outChannels] += x [count, inChannels]ᵀ · dy [count, outChannels]. inChannels is a
 * multiple of four. Each sixteen channels of dy lie `blockStep` bytes after those before, with
 * `dyStep` bytes from one row to the next.
 */
export function addOuterProducts(
  x: usize,
  xStep: usize,
  dy: usize,
  dyStep: usize,
  blockStep: usize,
  f: usize,
  count: i32,
  inChannels: i32,
  outChannels: i32,
): void {
  const fStep = (<usize>outChannels) << 2;
  let wide: usize = 0;
  for (; isWide && wide + WIDE_BYTES <= fStep; wide += WIDE_BYTES) {
    const block = dy + (wide / WIDE_BYTES) * blockStep;
    wideProduct(x, 4, xStep, block, 32, dyStep, f + wide, fStep, inChannels, count, true);
  }
  for (; wide < fStep; wide += WIDE_BYTES) {
    const block = dy + (wide / WIDE_BYTES) * blockStep;
    const bytes = min(WIDE_BYTES, fStep - wide);
    addBlock(x, xStep, block, dyStep, f + wide, fStep, bytes, count, inChannels);
  }
}

/** The same for `bytes` of the channels of dy, in tiles of four rows and eight columns. */
function addBlock(
  x: usize,
  xStep: usize,
  dy: usize,
  dyStep: usize,
  f: usize,
  fStep: usize,
  bytes: usize,
  count: i32,
  inChannels: i32,
): void {
  for (let a = 0; a < inChannels; a += 4) {
    const source = x + ((<usize>a) << 2);
    const rows = f + <usize>a * fStep;
    let b: usize = 0;
    for (; b + 32 <= bytes; b += 32) {
      fourByEight(source, 4, xStep, dy + b, dyStep, rows + b, fStep, count, true);
    }
    if (b < bytes) {
      for (let r: usize = 0; r < 4; r++) {
        outerRow(source + (r << 2), dy + b, rows + r * fStep + b, count, xStep, dyStep, bytes - b);
      }
    }
  }
}

/** The same for one row of the filter, `bytes` long. */
function outerRow(
  x: usize,
  dy: usize,
  f: usize,
  count: i32,
  xStep: usize,
  dyStep: usize,
  bytes: usize,
): void {
  let b: usize = 0;
  for (; b + 16 <= bytes; b += 16) {
    let c = v128.load(f + b);
    let s = x;
    let u = dy + b;
    for (let q = 0; q < count; q++) {
      c = multiplyAdd(v128.load32_splat(s), v128.load(u), c);
      s += xStep;
      u += dyStep;
    }
    v128.store(f + b, c);
  }
  for (; b < bytes; b += 4) {
    let c = load<f32>(f + b);
    let s = x;
    let u = dy + b;
    for (let q = 0; q < count; q++) {
      c += load<f32>(s) * load<f32>(u);
      s += xStep;
      u += dyStep;
    }
    store<f32>(f + b, c);
  }
}
