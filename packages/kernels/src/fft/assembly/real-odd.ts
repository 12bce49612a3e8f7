import { root, take, takeValues, word } from './building';
import { PLANAR, REAL, turnedIm, turnedRe } from './butterflies';
import { waves } from './columns';
import { lanes, madd, msub } from './lanes';
import { planRow, transformRow } from './rows';

// The DFT of a real signal of odd length n = r·m, by decimation in time. With
// Y_j(t) = e^{−2πi jt/n} Σ_l e^{−2πi jl/r} x_{t+ml}:
//
// X_{j+rk} = Σ_t e^{−2πi kt/m} Y_j(t).
//
// The signal is real, so j = 0 … (r − 1)/2 suffice: X_{n−k} is the conjugate of X_k. Lanes are
// neighbouring t. Words of a plan: 0 the length, 4 r, 8 m, 12 the waves, 16 the twiddle factors,
// 20 the plan of m, 24 and 28 the real and imaginary parts of all Y, 32 and 36 those of one
// transform, 40 values from one Y to the next, 44 a copy of the signal with gaps.

/** Plans real DFTs of odd length. */
export function planOdd<T>(n: u32): usize {
  const plan = take(48);
  const radix = radixOf(n);
  const part = n / radix;
  const width = <u32>lanes<T>();
  const pitch = max(part, width);
  const half = radix >> 1;
  word(plan, n);
  word(plan + 4, radix);
  word(plan + 8, part);
  word(plan + 12, <u32>waves<T>(radix));
  const w = take(<usize>((pitch + width - 1) / width) * 32 * half);
  word(plan + 16, <u32>w);
  for (let block: u32 = 0, at = w; block < pitch; block += width) {
    const t = min(block, pitch - width);
    for (let j: u32 = 1; j <= half; j++, at += 32) {
      for (let lane: u32 = 0; lane < width; lane++) {
        const to = at + lane * sizeof<T>();
        root<T>(to, to + 16, <u64>(t + lane) * j, n);
      }
    }
  }
  word(plan + 20, <u32>planRow<T>(part));
  word(plan + 24, <u32>takeValues<T>(pitch * (half + 1)));
  word(plan + 28, <u32>takeValues<T>(pitch * (half + 1)));
  word(plan + 32, <u32>takeValues<T>(pitch));
  word(plan + 36, <u32>takeValues<T>(pitch));
  word(plan + 40, pitch);
  word(plan + 44, <u32>takeValues<T>(pitch * radix));
  return plan;
}

function radixOf(n: u32): u32 {
  if (n % 7 === 0) return 7;
  if (n % 5 === 0) return 5;
  if (n % 9 === 0) return 9;
  if (n % 3 === 0) return 3;
  if (n % 11 === 0) return 11;
  if (n % 13 === 0) return 13;
  return 1;
}

/** The (n + 1)/2 bins of a signal. */
export function forwardOdd<T>(plan: usize, x: usize, real: usize, imag: usize): void {
  const size = sizeof<T>();
  const n = <usize>load<u32>(plan);
  const radix = <usize>load<u32>(plan, 4);
  const part = <usize>load<u32>(plan, 8);
  const sub = <usize>load<u32>(plan, 20);
  const yr = <usize>load<u32>(plan, 24);
  const yi = <usize>load<u32>(plan, 28);
  const br = <usize>load<u32>(plan, 32);
  const bi = <usize>load<u32>(plan, 36);
  const pitch = <usize>load<u32>(plan, 40) * size;
  if (radix === 1) transformRow<T>(sub, REAL, x, 0, PLANAR, br, bi);
  else {
    let from = x;
    if (pitch > part * size) {
      from = <usize>load<u32>(plan, 44);
      for (let l: usize = 0; l < radix; l++) {
        memory.copy(from + l * pitch, x + l * part * size, part * size);
      }
    }
    splitForward<T>(plan, from, yr, yi);
    transformRow<T>(sub, REAL, yr, 0, PLANAR, br, bi);
  }
  let to: usize = 0;
  const bytes = radix * size;
  for (let at: usize = 0; to * 2 < n * size; at += size, to += bytes) {
    store<T>(real + to, load<T>(br + at));
    store<T>(imag + to, load<T>(bi + at));
  }
  store<T>(imag, 0);
  for (let j: usize = 1; j * 2 < radix; j++) {
    transformRow<T>(sub, PLANAR, yr + j * pitch, yi + j * pitch, PLANAR, br, bi);
    let at: usize = 0;
    let to = j * size;
    for (; to * 2 < n * size; at += size, to += bytes) {
      store<T>(real + to, load<T>(br + at));
      store<T>(imag + to, load<T>(bi + at));
    }
    to = n * size - to;
    for (; at < part * size; at += size, to -= bytes) {
      store<T>(real + to, load<T>(br + at));
      store<T>(imag + to, -load<T>(bi + at));
    }
  }
}

/** Computes all Y from the signal. */
@inline
function splitForward<T>(plan: usize, x: usize, yr: usize, yi: usize): void {
  const size = sizeof<T>();
  const half = <usize>load<u32>(plan, 4) >> 1;
  const pitch = <usize>load<u32>(plan, 40) * size;
  const waves = <usize>load<u32>(plan, 12);
  const sums = waves + ((half * half * 2 * size + 15) & ~15);
  const end = sums + 32 * half;
  let w = <usize>load<u32>(plan, 16);
  const last = pitch - 16;
  for (let t: usize = 0; ; t = min(t + 16, last)) {
    const x0 = v128.load(x + t);
    let total = x0;
    let front = x + t + pitch;
    let back = x + t + 2 * half * pitch;
    for (let at = sums; at < end; at += 32) {
      const a = v128.load(front);
      const b = v128.load(back);
      const sum = v128.add<T>(a, b);
      v128.store(at, sum);
      v128.store(at, v128.sub<T>(a, b), 16);
      total = v128.add<T>(total, sum);
      front += pitch;
      back -= pitch;
    }
    v128.store(yr + t, total);
    let wave = waves;
    let to = t;
    for (let j: usize = 0; j < half; j++) {
      let re = x0;
      let im = v128.splat<T>(0);
      for (let at = sums; at < end; at += 32) {
        re = madd<T>(v128.load_splat<T>(wave), v128.load(at), re);
        im = msub<T>(v128.load_splat<T>(wave, sizeof<T>()), v128.load(at, 16), im);
        wave += 2 * sizeof<T>();
      }
      to += pitch;
      const wr = v128.load(w);
      const wi = v128.load(w, 16);
      v128.store(yr + to, turnedRe<T>(re, im, wr, wi));
      v128.store(yi + to, turnedIm<T>(re, im, wr, wi));
      w += 32;
    }
    if (t === last) break;
  }
}

/** The signal of (n + 1)/2 bins, without the factor 1/n but times `factor`. */
export function inverseOdd<T>(plan: usize, real: usize, imag: usize, x: usize, factor: T): void {
  const size = sizeof<T>();
  const n = <usize>load<u32>(plan);
  const radix = <usize>load<u32>(plan, 4);
  const part = <usize>load<u32>(plan, 8);
  const sub = <usize>load<u32>(plan, 20);
  const yr = <usize>load<u32>(plan, 24);
  const yi = <usize>load<u32>(plan, 28);
  const br = <usize>load<u32>(plan, 32);
  const bi = <usize>load<u32>(plan, 36);
  const pitch = <usize>load<u32>(plan, 40) * size;
  const bytes = radix * size;
  for (let j: usize = 0; j * 2 < radix; j++) {
    let at: usize = 0;
    let from = j * size;
    for (; from * 2 < n * size; at += size, from += bytes) {
      store<T>(br + at, factor * load<T>(real + from));
      store<T>(bi + at, factor * load<T>(imag + from));
    }
    from = n * size - from;
    for (; at < part * size; at += size, from -= bytes) {
      store<T>(br + at, factor * load<T>(real + from));
      store<T>(bi + at, -factor * load<T>(imag + from));
    }
    if (j === 0) store<T>(bi, 0);
    // Swapping real and imaginary parts turns the forward DFT into the inverse.
    transformRow<T>(sub, PLANAR, bi, br, PLANAR, yi + j * pitch, yr + j * pitch);
  }
  const isWhole = pitch === part * size;
  const to = isWhole ? x : <usize>load<u32>(plan, 44);
  splitInverse<T>(plan, yr, yi, to);
  if (!isWhole) {
    for (let l: usize = 0; l < radix; l++) {
      memory.copy(x + l * part * size, to + l * pitch, part * size);
    }
  }
}

/** Computes the signal from the inverse transforms of all Y. */
@inline
function splitInverse<T>(plan: usize, yr: usize, yi: usize, x: usize): void {
  const size = sizeof<T>();
  const half = <usize>load<u32>(plan, 4) >> 1;
  const pitch = <usize>load<u32>(plan, 40) * size;
  const waves = <usize>load<u32>(plan, 12);
  const turned = waves + ((half * half * 2 * size + 15) & ~15);
  const end = turned + 32 * half;
  let w = <usize>load<u32>(plan, 16);
  const last = pitch - 16;
  for (let t: usize = 0; ; t = min(t + 16, last)) {
    const first = v128.load(yr + t);
    let total = first;
    let from = t;
    for (let at = turned; at < end; at += 32) {
      from += pitch;
      const ar = v128.load(yr + from);
      const ai = v128.load(yi + from);
      const wr = v128.load(w);
      const wi = v128.load(w, 16);
      // Twice the product with the conjugate of w: Y_j and its conjugate are added.
      const re = madd<T>(ai, wi, v128.mul<T>(ar, wr));
      const im = msub<T>(ar, wi, v128.mul<T>(ai, wr));
      const twice = v128.add<T>(re, re);
      v128.store(at, twice);
      v128.store(at, v128.add<T>(im, im), 16);
      total = v128.add<T>(total, twice);
      w += 32;
    }
    v128.store(x + t, total);
    let wave = waves;
    let front = x + t + pitch;
    let back = x + t + 2 * half * pitch;
    for (let l: usize = 0; l < half; l++) {
      let even = first;
      let odd = v128.splat<T>(0);
      for (let at = turned; at < end; at += 32) {
        even = madd<T>(v128.load_splat<T>(wave), v128.load(at), even);
        odd = madd<T>(v128.load_splat<T>(wave, sizeof<T>()), v128.load(at, 16), odd);
        wave += 2 * sizeof<T>();
      }
      v128.store(front, v128.sub<T>(even, odd));
      v128.store(back, v128.add<T>(even, odd));
      front += pitch;
      back -= pitch;
    }
    if (t === last) break;
  }
}
