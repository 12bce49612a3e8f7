import { evens, lower, madd, msub, odds, scatter1, scatter2, scatter4, upper } from './lanes';

// Butterflies: DFTs of radix 2, 3, 4, 5, 8 or any odd number. Output j is turned by a twiddle
// factor and stored. Every butterfly has three kinds.

/** Lanes are neighbouring groups. The outputs of one lane are stored side by side. */
export const FIRST = 0;
/** Lanes are neighbouring signals. All lanes share a twiddle factor. */
export const MIDDLE = 1;
/** As {@link MIDDLE}. All twiddle factors are 1. */
export const LAST = 2;

// Layouts of complex numbers in memory: the inputs of FIRST, and the outputs of LAST.

/** One array of real parts and one of imaginary parts. */
export const PLANAR = 0;
/** Pairs in one array. Inputs are (re, im), outputs are (im, re). */
export const PAIRS = 1;
/** One array of real parts. The imaginary parts are 0. */
export const REAL = 2;

/** The real parts of the inputs at `at`. */
@inline
export function takeRe<T>(mode: i32, xr: usize, at: usize): v128 {
  if (mode === PAIRS) return evens<T>(v128.load(xr + at), v128.load(xr + at, 16));
  return v128.load(xr + at);
}

/** The imaginary parts of the inputs at `at`. */
@inline
export function takeIm<T>(mode: i32, xr: usize, xi: usize, at: usize): v128 {
  if (mode === PAIRS) return odds<T>(v128.load(xr + at), v128.load(xr + at, 16));
  if (mode === REAL) return v128.splat<T>(0);
  return v128.load(xi + at);
}

/** Stores outputs at `at`. */
@inline
export function put<T>(mode: i32, yr: usize, yi: usize, at: usize, re: v128, im: v128): void {
  if (mode === PAIRS) {
    v128.store(yr + 2 * at, lower<T>(im, re));
    v128.store(yr + 2 * at, upper<T>(im, re), 16);
  } else {
    v128.store(yr + at, re);
    v128.store(yi + at, im);
  }
}

/** The real part of a product. */
@inline
export function turnedRe<T>(re: v128, im: v128, wr: v128, wi: v128): v128 {
  return msub<T>(im, wi, v128.mul<T>(re, wr));
}

/** The imaginary part of a product. */
@inline
export function turnedIm<T>(re: v128, im: v128, wr: v128, wi: v128): v128 {
  return madd<T>(re, wi, v128.mul<T>(im, wr));
}

/** Stores output 0 of a butterfly that is not the first pass. */
@inline
function keep<T>(kind: i32, mode: i32, yr: usize, yi: usize, at: usize, re: v128, im: v128): void {
  if (kind === LAST) put<T>(mode, yr, yi, at, re, im);
  else {
    v128.store(yr + at, re);
    v128.store(yi + at, im);
  }
}

/** Turns and stores another output of a butterfly that is not the first pass. */
@inline
function emit<T>(
  kind: i32,
  mode: i32,
  yr: usize,
  yi: usize,
  at: usize,
  re: v128,
  im: v128,
  wr: v128,
  wi: v128,
): void {
  if (kind === LAST) put<T>(mode, yr, yi, at, re, im);
  else {
    v128.store(yr + at, turnedRe<T>(re, im, wr, wi));
    v128.store(yi + at, turnedIm<T>(re, im, wr, wi));
  }
}

@inline
export function butterfly2<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  x: usize,
  s: usize,
  yr: usize,
  yi: usize,
  y: usize,
  t: usize,
  w1r: v128,
  w1i: v128,
): void {
  const x0r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x);
  const x0i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x);
  const x1r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + s);
  const x1i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + s);
  const y0r = v128.add<T>(x0r, x1r);
  const y0i = v128.add<T>(x0i, x1i);
  const y1r = v128.sub<T>(x0r, x1r);
  const y1i = v128.sub<T>(x0i, x1i);
  if (kind === FIRST) {
    const z1r = turnedRe<T>(y1r, y1i, w1r, w1i);
    const z1i = turnedIm<T>(y1r, y1i, w1r, w1i);
    scatter2<T>(yr + y, t, y0r, z1r);
    scatter2<T>(yi + y, t, y0i, z1i);
  } else {
    keep<T>(kind, mode, yr, yi, y, y0r, y0i);
    emit<T>(kind, mode, yr, yi, y + t, y1r, y1i, w1r, w1i);
  }
}

@inline
export function butterfly3<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  x: usize,
  s: usize,
  yr: usize,
  yi: usize,
  y: usize,
  t: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
): void {
  const x0r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x);
  const x0i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x);
  const x1r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + s);
  const x1i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + s);
  const x2r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 2 * s);
  const x2i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 2 * s);
  const pr = v128.add<T>(x1r, x2r);
  const pi = v128.add<T>(x1i, x2i);
  const dr = v128.sub<T>(x1r, x2r);
  const di = v128.sub<T>(x1i, x2i);
  const y0r = v128.add<T>(x0r, pr);
  const y0i = v128.add<T>(x0i, pi);
  const half = v128.splat<T>(<T>0.5);
  const sine = v128.splat<T>(<T>0.8660254037844386);
  const mr = msub<T>(half, pr, x0r);
  const mi = msub<T>(half, pi, x0i);
  const y1r = madd<T>(sine, di, mr);
  const y1i = msub<T>(sine, dr, mi);
  const y2r = msub<T>(sine, di, mr);
  const y2i = madd<T>(sine, dr, mi);
  if (kind === FIRST) {
    const z1r = turnedRe<T>(y1r, y1i, w1r, w1i);
    const z1i = turnedIm<T>(y1r, y1i, w1r, w1i);
    const z2r = turnedRe<T>(y2r, y2i, w2r, w2i);
    const z2i = turnedIm<T>(y2r, y2i, w2r, w2i);
    scatter2<T>(yr + y, t, y0r, z1r);
    scatter1<T>(yr + y + 2 * sizeof<T>(), t, z2r);
    scatter2<T>(yi + y, t, y0i, z1i);
    scatter1<T>(yi + y + 2 * sizeof<T>(), t, z2i);
  } else {
    keep<T>(kind, mode, yr, yi, y, y0r, y0i);
    emit<T>(kind, mode, yr, yi, y + t, y1r, y1i, w1r, w1i);
    emit<T>(kind, mode, yr, yi, y + 2 * t, y2r, y2i, w2r, w2i);
  }
}

@inline
export function butterfly4<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  x: usize,
  s: usize,
  yr: usize,
  yi: usize,
  y: usize,
  t: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  w3r: v128,
  w3i: v128,
): void {
  const x0r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x);
  const x0i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x);
  const x1r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + s);
  const x1i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + s);
  const x2r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 2 * s);
  const x2i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 2 * s);
  const x3r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 3 * s);
  const x3i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 3 * s);
  const ar = v128.add<T>(x0r, x2r);
  const ai = v128.add<T>(x0i, x2i);
  const br = v128.sub<T>(x0r, x2r);
  const bi = v128.sub<T>(x0i, x2i);
  const cr = v128.add<T>(x1r, x3r);
  const ci = v128.add<T>(x1i, x3i);
  const dr = v128.sub<T>(x1r, x3r);
  const di = v128.sub<T>(x1i, x3i);
  const y0r = v128.add<T>(ar, cr);
  const y0i = v128.add<T>(ai, ci);
  const y1r = v128.add<T>(br, di);
  const y1i = v128.sub<T>(bi, dr);
  const y2r = v128.sub<T>(ar, cr);
  const y2i = v128.sub<T>(ai, ci);
  const y3r = v128.sub<T>(br, di);
  const y3i = v128.add<T>(bi, dr);
  if (kind === FIRST) {
    const z1r = turnedRe<T>(y1r, y1i, w1r, w1i);
    const z1i = turnedIm<T>(y1r, y1i, w1r, w1i);
    const z2r = turnedRe<T>(y2r, y2i, w2r, w2i);
    const z2i = turnedIm<T>(y2r, y2i, w2r, w2i);
    const z3r = turnedRe<T>(y3r, y3i, w3r, w3i);
    const z3i = turnedIm<T>(y3r, y3i, w3r, w3i);
    scatter4<T>(yr + y, t, y0r, z1r, z2r, z3r);
    scatter4<T>(yi + y, t, y0i, z1i, z2i, z3i);
  } else {
    keep<T>(kind, mode, yr, yi, y, y0r, y0i);
    emit<T>(kind, mode, yr, yi, y + t, y1r, y1i, w1r, w1i);
    emit<T>(kind, mode, yr, yi, y + 2 * t, y2r, y2i, w2r, w2i);
    emit<T>(kind, mode, yr, yi, y + 3 * t, y3r, y3i, w3r, w3i);
  }
}

@inline
export function butterfly5<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  x: usize,
  s: usize,
  yr: usize,
  yi: usize,
  y: usize,
  t: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  w3r: v128,
  w3i: v128,
  w4r: v128,
  w4i: v128,
): void {
  const x0r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x);
  const x0i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x);
  const x1r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + s);
  const x1i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + s);
  const x2r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 2 * s);
  const x2i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 2 * s);
  const x3r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 3 * s);
  const x3i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 3 * s);
  const x4r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 4 * s);
  const x4i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 4 * s);
  const ar = v128.add<T>(x1r, x4r);
  const ai = v128.add<T>(x1i, x4i);
  const br = v128.sub<T>(x1r, x4r);
  const bi = v128.sub<T>(x1i, x4i);
  const cr = v128.add<T>(x2r, x3r);
  const ci = v128.add<T>(x2i, x3i);
  const dr = v128.sub<T>(x2r, x3r);
  const di = v128.sub<T>(x2i, x3i);
  const c1 = v128.splat<T>(<T>0.30901699437494745);
  const c2 = v128.splat<T>(<T>-0.8090169943749475);
  const s1 = v128.splat<T>(<T>0.9510565162951535);
  const s2 = v128.splat<T>(<T>0.5877852522924731);
  const y0r = v128.add<T>(x0r, v128.add<T>(ar, cr));
  const e1r = madd<T>(c2, cr, madd<T>(c1, ar, x0r));
  const e2r = madd<T>(c1, cr, madd<T>(c2, ar, x0r));
  const f1r = madd<T>(s2, dr, v128.mul<T>(s1, br));
  const f2r = msub<T>(s1, dr, v128.mul<T>(s2, br));
  const y0i = v128.add<T>(x0i, v128.add<T>(ai, ci));
  const e1i = madd<T>(c2, ci, madd<T>(c1, ai, x0i));
  const e2i = madd<T>(c1, ci, madd<T>(c2, ai, x0i));
  const f1i = madd<T>(s2, di, v128.mul<T>(s1, bi));
  const f2i = msub<T>(s1, di, v128.mul<T>(s2, bi));
  const y1r = v128.add<T>(e1r, f1i);
  const y1i = v128.sub<T>(e1i, f1r);
  const y2r = v128.add<T>(e2r, f2i);
  const y2i = v128.sub<T>(e2i, f2r);
  const y3r = v128.sub<T>(e2r, f2i);
  const y3i = v128.add<T>(e2i, f2r);
  const y4r = v128.sub<T>(e1r, f1i);
  const y4i = v128.add<T>(e1i, f1r);
  if (kind === FIRST) {
    const z1r = turnedRe<T>(y1r, y1i, w1r, w1i);
    const z1i = turnedIm<T>(y1r, y1i, w1r, w1i);
    const z2r = turnedRe<T>(y2r, y2i, w2r, w2i);
    const z2i = turnedIm<T>(y2r, y2i, w2r, w2i);
    const z3r = turnedRe<T>(y3r, y3i, w3r, w3i);
    const z3i = turnedIm<T>(y3r, y3i, w3r, w3i);
    const z4r = turnedRe<T>(y4r, y4i, w4r, w4i);
    const z4i = turnedIm<T>(y4r, y4i, w4r, w4i);
    scatter4<T>(yr + y, t, y0r, z1r, z2r, z3r);
    scatter1<T>(yr + y + 4 * sizeof<T>(), t, z4r);
    scatter4<T>(yi + y, t, y0i, z1i, z2i, z3i);
    scatter1<T>(yi + y + 4 * sizeof<T>(), t, z4i);
  } else {
    keep<T>(kind, mode, yr, yi, y, y0r, y0i);
    emit<T>(kind, mode, yr, yi, y + t, y1r, y1i, w1r, w1i);
    emit<T>(kind, mode, yr, yi, y + 2 * t, y2r, y2i, w2r, w2i);
    emit<T>(kind, mode, yr, yi, y + 3 * t, y3r, y3i, w3r, w3i);
    emit<T>(kind, mode, yr, yi, y + 4 * t, y4r, y4i, w4r, w4i);
  }
}

@inline
export function butterfly8<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  x: usize,
  s: usize,
  yr: usize,
  yi: usize,
  y: usize,
  t: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  w3r: v128,
  w3i: v128,
  w4r: v128,
  w4i: v128,
  w5r: v128,
  w5i: v128,
  w6r: v128,
  w6i: v128,
  w7r: v128,
  w7i: v128,
): void {
  const x0r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x);
  const x0i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x);
  const x1r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + s);
  const x1i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + s);
  const x2r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 2 * s);
  const x2i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 2 * s);
  const x3r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 3 * s);
  const x3i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 3 * s);
  const x4r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 4 * s);
  const x4i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 4 * s);
  const x5r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 5 * s);
  const x5i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 5 * s);
  const x6r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 6 * s);
  const x6i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 6 * s);
  const x7r = takeRe<T>(kind === FIRST ? mode : PLANAR, xr, x + 7 * s);
  const x7i = takeIm<T>(kind === FIRST ? mode : PLANAR, xr, xi, x + 7 * s);
  const ear = v128.add<T>(x0r, x4r);
  const eai = v128.add<T>(x0i, x4i);
  const ebr = v128.sub<T>(x0r, x4r);
  const ebi = v128.sub<T>(x0i, x4i);
  const ecr = v128.add<T>(x2r, x6r);
  const eci = v128.add<T>(x2i, x6i);
  const edr = v128.sub<T>(x2r, x6r);
  const edi = v128.sub<T>(x2i, x6i);
  const e0r = v128.add<T>(ear, ecr);
  const e0i = v128.add<T>(eai, eci);
  const e1r = v128.add<T>(ebr, edi);
  const e1i = v128.sub<T>(ebi, edr);
  const e2r = v128.sub<T>(ear, ecr);
  const e2i = v128.sub<T>(eai, eci);
  const e3r = v128.sub<T>(ebr, edi);
  const e3i = v128.add<T>(ebi, edr);
  const oar = v128.add<T>(x1r, x5r);
  const oai = v128.add<T>(x1i, x5i);
  const obr = v128.sub<T>(x1r, x5r);
  const obi = v128.sub<T>(x1i, x5i);
  const ocr = v128.add<T>(x3r, x7r);
  const oci = v128.add<T>(x3i, x7i);
  const odr = v128.sub<T>(x3r, x7r);
  const odi = v128.sub<T>(x3i, x7i);
  const o0r = v128.add<T>(oar, ocr);
  const o0i = v128.add<T>(oai, oci);
  const o1r = v128.add<T>(obr, odi);
  const o1i = v128.sub<T>(obi, odr);
  const o2r = v128.sub<T>(oar, ocr);
  const o2i = v128.sub<T>(oai, oci);
  const o3r = v128.sub<T>(obr, odi);
  const o3i = v128.add<T>(obi, odr);
  const root = v128.splat<T>(<T>Math.SQRT1_2);
  const p1r = v128.mul<T>(root, v128.add<T>(o1r, o1i));
  const p1i = v128.mul<T>(root, v128.sub<T>(o1i, o1r));
  const p3r = v128.mul<T>(root, v128.sub<T>(o3i, o3r));
  const p3i = v128.mul<T>(root, v128.add<T>(o3r, o3i));
  const y0r = v128.add<T>(e0r, o0r);
  const y0i = v128.add<T>(e0i, o0i);
  const y4r = v128.sub<T>(e0r, o0r);
  const y4i = v128.sub<T>(e0i, o0i);
  const y1r = v128.add<T>(e1r, p1r);
  const y1i = v128.add<T>(e1i, p1i);
  const y5r = v128.sub<T>(e1r, p1r);
  const y5i = v128.sub<T>(e1i, p1i);
  const y2r = v128.add<T>(e2r, o2i);
  const y2i = v128.sub<T>(e2i, o2r);
  const y6r = v128.sub<T>(e2r, o2i);
  const y6i = v128.add<T>(e2i, o2r);
  const y3r = v128.add<T>(e3r, p3r);
  const y3i = v128.sub<T>(e3i, p3i);
  const y7r = v128.sub<T>(e3r, p3r);
  const y7i = v128.add<T>(e3i, p3i);
  if (kind === FIRST) {
    const z1r = turnedRe<T>(y1r, y1i, w1r, w1i);
    const z1i = turnedIm<T>(y1r, y1i, w1r, w1i);
    const z2r = turnedRe<T>(y2r, y2i, w2r, w2i);
    const z2i = turnedIm<T>(y2r, y2i, w2r, w2i);
    const z3r = turnedRe<T>(y3r, y3i, w3r, w3i);
    const z3i = turnedIm<T>(y3r, y3i, w3r, w3i);
    const z4r = turnedRe<T>(y4r, y4i, w4r, w4i);
    const z4i = turnedIm<T>(y4r, y4i, w4r, w4i);
    const z5r = turnedRe<T>(y5r, y5i, w5r, w5i);
    const z5i = turnedIm<T>(y5r, y5i, w5r, w5i);
    const z6r = turnedRe<T>(y6r, y6i, w6r, w6i);
    const z6i = turnedIm<T>(y6r, y6i, w6r, w6i);
    const z7r = turnedRe<T>(y7r, y7i, w7r, w7i);
    const z7i = turnedIm<T>(y7r, y7i, w7r, w7i);
    scatter4<T>(yr + y, t, y0r, z1r, z2r, z3r);
    scatter4<T>(yr + y + 4 * sizeof<T>(), t, z4r, z5r, z6r, z7r);
    scatter4<T>(yi + y, t, y0i, z1i, z2i, z3i);
    scatter4<T>(yi + y + 4 * sizeof<T>(), t, z4i, z5i, z6i, z7i);
  } else {
    keep<T>(kind, mode, yr, yi, y, y0r, y0i);
    emit<T>(kind, mode, yr, yi, y + t, y1r, y1i, w1r, w1i);
    emit<T>(kind, mode, yr, yi, y + 2 * t, y2r, y2i, w2r, w2i);
    emit<T>(kind, mode, yr, yi, y + 3 * t, y3r, y3i, w3r, w3i);
    emit<T>(kind, mode, yr, yi, y + 4 * t, y4r, y4i, w4r, w4i);
    emit<T>(kind, mode, yr, yi, y + 5 * t, y5r, y5i, w5r, w5i);
    emit<T>(kind, mode, yr, yi, y + 6 * t, y6r, y6i, w6r, w6i);
    emit<T>(kind, mode, yr, yi, y + 7 * t, y7r, y7i, w7r, w7i);
  }
}
