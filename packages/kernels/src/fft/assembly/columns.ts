import { root, take, takeValues, word } from './building';
import { PLANAR, turnedIm, turnedRe } from './butterflies';
import { chirp, chirpKernel } from './chirp';
import { convolutionSize, isSmooth, nextRadix } from './factors';
import { lanes } from './lanes';
import { lastPass, middlePass } from './passes';

// Complex DFTs of the columns of a matrix, in lanes. Words of a plan: 0 the length, 4 the number of
// passes, 8 to 20 scratch space for the real and imaginary parts of two blocks. Bluestein's
// algorithm needs also: 24 the chirp, 28 the kernel, 32 the plan of the convolution, 36 its length.

const BLUESTEIN: u32 = 0xffffffff;
const PASSES: usize = 48;
/** The bytes of a pass: radix, groups, product of earlier radices, twiddle factors, waves. */
export const PASS: usize = 20;
export const MOST_PASSES: usize = 24;

/** The most columns that a call transforms. */
export function mostColumns<T>(n: u32): u32 {
  return <u32>lanes<T>() * (n > 256 ? 2 : 4);
}

/** Plans DFTs of length n ≥ 1, for at most `columns` columns. */
export function planColumns<T>(n: u32, columns: u32): usize {
  const plan = take(PASSES + MOST_PASSES * PASS);
  word(plan, n);
  if (!isSmooth(n)) {
    const size = convolutionSize(2 * n - 1);
    word(plan + 4, BLUESTEIN);
    word(plan + 24, <u32>chirp<T>(n));
    word(plan + 28, <u32>chirpKernel<T>(n, size));
    word(plan + 32, <u32>planColumns<T>(size, columns));
    word(plan + 36, size);
    scratch<T>(plan, size, columns);
    return plan;
  }
  let rest = n;
  let runs: u32 = 1;
  let count: u32 = 0;
  for (; rest > 1; count++) {
    const radix = nextRadix(rest);
    rest /= radix;
    planPass<T>(plan + PASSES + <usize>count * PASS, radix, rest, runs);
    runs *= radix;
  }
  word(plan + 4, count);
  scratch<T>(plan, n, columns);
  return plan;
}

function scratch<T>(plan: usize, n: u32, columns: u32): void {
  for (let at: usize = 8; at < 24; at += 4) word(plan + at, <u32>takeValues<T>(n * columns));
}

/** Writes a pass whose lanes share twiddle factors. */
export function planPass<T>(pass: usize, radix: u32, groups: u32, runs: u32): void {
  const size = sizeof<T>();
  word(pass, radix);
  word(pass + 4, groups);
  word(pass + 8, runs);
  const w = takeValues<T>(2 * groups * (radix - 1));
  word(pass + 12, <u32>w);
  for (let p: u32 = 0, at = w; p < groups; p++) {
    for (let j: u32 = 1; j < radix; j++, at += 2 * size) {
      root<T>(at, at + size, <u64>p * j, <u64>groups * radix);
    }
  }
  word(pass + 16, <u32>waves<T>(radix));
}

/** The waves of an odd butterfly, and its scratch space. */
export function waves<T>(radix: u32): usize {
  const size = sizeof<T>();
  const half = <usize>radix >> 1;
  const table = take(((half * half * 2 * size + 15) & ~15) + 64 * half);
  for (let k: usize = 1, at = table; k <= half; k++) {
    // The sine of the root is negative. The butterfly needs the positive one.
    for (let j: usize = 1; j <= half; j++, at += 2 * size) {
      root<T>(at, at + size, <u64>(radix - 1) * k * j, radix);
    }
  }
  return table;
}

/**
 * Transforms `columns` columns. There must be enough to fill a vector. The bytes from one row of x
 * to the next are `from`, of y `to`. y may be x.
 */
export function transformColumns<T>(
  plan: usize,
  columns: usize,
  from: usize,
  xr: usize,
  xi: usize,
  to: usize,
  yr: usize,
  yi: usize,
): void {
  const count = load<u32>(plan, 4);
  const row = columns * sizeof<T>();
  let ar = <usize>load<u32>(plan, 8);
  let ai = <usize>load<u32>(plan, 12);
  let br = <usize>load<u32>(plan, 16);
  let bi = <usize>load<u32>(plan, 20);
  if (count === BLUESTEIN) {
    convolveColumns<T>(plan, columns, from, xr, xi, to, yr, yi);
    return;
  }
  if (count === 0) {
    memory.copy(yr, xr, row);
    memory.copy(yi, xi, row);
    return;
  }
  let pass = plan + PASSES;
  if (count === 1) {
    // Vectors overlap if the last one is not whole. They must not read what others have written.
    if (row % 16 !== 0) {
      const n = <usize>load<u32>(plan);
      for (let t: usize = 0; t < n; t++) {
        memory.copy(ar + t * row, xr + t * from, row);
        memory.copy(ai + t * row, xi + t * from, row);
      }
      xr = ar;
      xi = ai;
      from = row;
    }
    lastPass<T>(pass, PLANAR, 1, columns, from, to, xr, xi, yr, yi);
    return;
  }
  middlePass<T>(pass, 1, columns, from, row, xr, xi, ar, ai);
  for (let i: u32 = 2; i < count; i++) {
    pass += PASS;
    const runs = <usize>load<u32>(pass, 8);
    middlePass<T>(pass, 1, columns * runs, row * runs, row * runs, ar, ai, br, bi);
    const re = ar;
    const im = ai;
    ar = br;
    ai = bi;
    br = re;
    bi = im;
  }
  pass += PASS;
  lastPass<T>(pass, PLANAR, load<u32>(pass, 8), columns, row, to, ar, ai, yr, yi);
}

/** Bluestein's algorithm, see {@link chirp}. */
function convolveColumns<T>(
  plan: usize,
  columns: usize,
  from: usize,
  xr: usize,
  xi: usize,
  to: usize,
  yr: usize,
  yi: usize,
): void {
  const n = <usize>load<u32>(plan);
  const size = <usize>load<u32>(plan, 36);
  const sub = <usize>load<u32>(plan, 32);
  const ar = <usize>load<u32>(plan, 8);
  const ai = <usize>load<u32>(plan, 12);
  const br = <usize>load<u32>(plan, 16);
  const bi = <usize>load<u32>(plan, 20);
  const row = columns * sizeof<T>();
  const w = <usize>load<u32>(plan, 24);
  turnRows<T>(w, n, row, from, xr, xi, row, ar, ai);
  memory.fill(ar + n * row, 0, (size - n) * row);
  memory.fill(ai + n * row, 0, (size - n) * row);
  transformColumns<T>(sub, columns, row, ar, ai, row, br, bi);
  turnRows<T>(<usize>load<u32>(plan, 28), size, row, row, br, bi, row, ar, ai);
  // Swapping real and imaginary parts turns the forward DFT into the inverse.
  transformColumns<T>(sub, columns, row, ai, ar, row, bi, br);
  turnRows<T>(w, n, row, row, br, bi, to, yr, yi);
}

/** Multiplies row t by number t of w. x and y must not overlap. */
function turnRows<T>(
  w: usize,
  count: usize,
  row: usize,
  from: usize,
  xr: usize,
  xi: usize,
  to: usize,
  yr: usize,
  yi: usize,
): void {
  const last = row - 16;
  for (let t: usize = 0; t < count; t++) {
    const wr = v128.load_splat<T>(w);
    const wi = v128.load_splat<T>(w, sizeof<T>());
    for (let at: usize = 0; ; at = min(at + 16, last)) {
      const re = v128.load(xr + at);
      const im = v128.load(xi + at);
      v128.store(yr + at, turnedRe<T>(re, im, wr, wi));
      v128.store(yi + at, turnedIm<T>(re, im, wr, wi));
      if (at === last) break;
    }
    w += 2 * sizeof<T>();
    xr += from;
    xi += from;
    yr += to;
    yi += to;
  }
}
