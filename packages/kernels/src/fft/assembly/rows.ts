import { root, take, takeValues, word } from './building';
import { PAIRS, PLANAR, put, REAL, takeIm, takeRe, turnedIm, turnedRe } from './butterflies';
import { chirp, chirpKernel } from './chirp';
import { MOST_PASSES, PASS, planColumns, planPass, transformColumns, waves } from './columns';
import { convolutionSize, firstRadix, isSmooth, nextRadix } from './factors';
import { evens, lanes, odds } from './lanes';
import { firstPass, lastPass, middlePass } from './passes';

// The complex DFT of one signal. Words of a plan: 0 the length, 4 the number of passes or an
// algorithm, 8 to 20 scratch space for the real and imaginary parts of two signals, 24 the chirp,
// 28 the kernel, 32 the plan of a part, 36 the length of that part.

/** Too short for passes: the signal is a column beside columns that are ignored. */
const COLUMN: u32 = 0xfffffffe;
const BLUESTEIN: u32 = 0xffffffff;
const PASSES: usize = 48;

/** Plans DFTs of one signal of length n ≥ 1. */
export function planRow<T>(n: u32): usize {
  const plan = take(PASSES + MOST_PASSES * PASS);
  word(plan, n);
  const first = firstRadix<T>(n);
  if (!isSmooth(n)) {
    const size = convolutionSize(2 * n - 1);
    word(plan + 4, BLUESTEIN);
    word(plan + 24, <u32>chirp<T>(n));
    word(plan + 28, <u32>chirpKernel<T>(n, size));
    word(plan + 32, <u32>planRow<T>(size));
    word(plan + 36, size);
    scratch<T>(plan, size);
  } else if (first === 0) {
    word(plan + 4, COLUMN);
    word(plan + 32, <u32>planColumns<T>(n, <u32>lanes<T>()));
    scratch<T>(plan, n * <u32>lanes<T>());
  } else {
    let rest = n / first;
    let runs = first;
    let count: u32 = 1;
    planFirst<T>(plan + PASSES, first, rest);
    for (; rest > 1; count++) {
      const radix = nextRadix(rest);
      rest /= radix;
      planPass<T>(plan + PASSES + <usize>count * PASS, radix, rest, runs);
      runs *= radix;
    }
    word(plan + 4, count);
    scratch<T>(plan, n);
  }
  return plan;
}

function scratch<T>(plan: usize, n: u32): void {
  for (let at: usize = 8; at < 24; at += 4) word(plan + at, <u32>takeValues<T>(n));
}

/** Writes a pass whose lanes are groups. The twiddle factors are vectors. */
function planFirst<T>(pass: usize, radix: u32, groups: u32): void {
  const size = sizeof<T>();
  const width = <u32>lanes<T>();
  word(pass, radix);
  word(pass + 4, groups);
  word(pass + 8, 1);
  const w = take(<usize>((groups + width - 1) / width) * 32 * (radix - 1));
  word(pass + 12, <u32>w);
  for (let block: u32 = 0, at = w; block < groups; block += width) {
    const p = min(block, groups - width);
    for (let j: u32 = 1; j < radix; j++, at += 32) {
      for (let lane: u32 = 0; lane < width; lane++) {
        const to = at + <usize>lane * size;
        root<T>(to, to + 16, <u64>(p + lane) * j, <u64>groups * radix);
      }
    }
  }
  word(pass + 16, <u32>waves<T>(radix));
}

/**
 * Transforms one signal. `mode` is the layout of x, and `out` of y. x and y must not overlap. Only
 * whole vectors of x are read.
 */
export function transformRow<T>(
  plan: usize,
  mode: i32,
  xr: usize,
  xi: usize,
  out: i32,
  yr: usize,
  yi: usize,
): void {
  const count = load<u32>(plan, 4);
  if (count === COLUMN) transformShort<T>(plan, mode, xr, xi, out, yr, yi);
  else if (count === BLUESTEIN) convolve<T>(plan, mode, xr, xi, out, yr, yi);
  else {
    const size = sizeof<T>();
    let ar = <usize>load<u32>(plan, 8);
    let ai = <usize>load<u32>(plan, 12);
    let br = <usize>load<u32>(plan, 16);
    let bi = <usize>load<u32>(plan, 20);
    let pass = plan + PASSES;
    firstPass<T>(pass, mode, xr, xi, ar, ai);
    for (let i: u32 = 2; i < count; i++) {
      pass += PASS;
      const runs = <usize>load<u32>(pass, 8);
      middlePass<T>(pass, 1, runs, runs * size, runs * size, ar, ai, br, bi);
      const re = ar;
      const im = ai;
      ar = br;
      ai = bi;
      br = re;
      bi = im;
    }
    pass += PASS;
    const runs = <usize>load<u32>(pass, 8);
    lastPass<T>(pass, out, 1, runs, runs * size, runs * size, ar, ai, yr, yi);
  }
}

function transformShort<T>(
  plan: usize,
  mode: i32,
  xr: usize,
  xi: usize,
  out: i32,
  yr: usize,
  yi: usize,
): void {
  const n = <usize>load<u32>(plan);
  const ar = <usize>load<u32>(plan, 8);
  const ai = <usize>load<u32>(plan, 12);
  const br = <usize>load<u32>(plan, 16);
  const bi = <usize>load<u32>(plan, 20);
  const size = sizeof<T>();
  for (let t: usize = 0; t < n; t++) {
    const at: usize = mode === PAIRS ? 2 * t * size : t * size;
    v128.store(ar + 16 * t, v128.load_splat<T>(xr + at));
    if (mode === REAL) v128.store(ai + 16 * t, v128.splat<T>(0));
    else {
      const im = mode === PAIRS ? xr + at + size : xi + at;
      v128.store(ai + 16 * t, v128.load_splat<T>(im));
    }
  }
  const sub = <usize>load<u32>(plan, 32);
  transformColumns<T>(sub, lanes<T>(), 16, ar, ai, 16, br, bi);
  for (let k: usize = 0; k < n; k++) {
    const re = load<T>(br + 16 * k);
    const im = load<T>(bi + 16 * k);
    if (out === PAIRS) {
      store<T>(yr + 2 * k * size, im);
      store<T>(yr + 2 * k * size + size, re);
    } else {
      store<T>(yr + k * size, re);
      store<T>(yi + k * size, im);
    }
  }
}

/** Bluestein's algorithm, see {@link chirp}. */
function convolve<T>(
  plan: usize,
  mode: i32,
  xr: usize,
  xi: usize,
  out: i32,
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
  const w = <usize>load<u32>(plan, 24);
  memory.fill(ar + n * sizeof<T>(), 0, (size - n) * sizeof<T>());
  memory.fill(ai + n * sizeof<T>(), 0, (size - n) * sizeof<T>());
  turn<T>(w, n, mode, xr, xi, PLANAR, ar, ai);
  transformRow<T>(sub, PLANAR, ar, ai, PLANAR, br, bi);
  turn<T>(<usize>load<u32>(plan, 28), size, PLANAR, br, bi, PLANAR, br, bi);
  // Swapping real and imaginary parts turns the forward DFT into the inverse.
  transformRow<T>(sub, PLANAR, bi, br, PLANAR, ai, ar);
  turn<T>(w, n, PLANAR, ar, ai, out, yr, yi);
}

/** Multiplies a signal by the pairs at w. In place, every vector must be whole. */
function turn<T>(
  w: usize,
  n: usize,
  mode: i32,
  xr: usize,
  xi: usize,
  out: i32,
  yr: usize,
  yi: usize,
): void {
  const last = n * sizeof<T>() - 16;
  for (let at: usize = 0; ; at = min(at + 16, last)) {
    const x: usize = mode === PAIRS ? 2 * at : at;
    const re = takeRe<T>(mode, xr, x);
    const im = takeIm<T>(mode, xr, xi, x);
    const ws = v128.load(w + 2 * at);
    const wt = v128.load(w + 2 * at, 16);
    const wr = evens<T>(ws, wt);
    const wi = odds<T>(ws, wt);
    put<T>(out, yr, yi, at, turnedRe<T>(re, im, wr, wi), turnedIm<T>(re, im, wr, wi));
    if (at === last) break;
  }
}
