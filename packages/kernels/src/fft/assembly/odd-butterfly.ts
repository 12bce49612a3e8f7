import { FIRST, LAST, PLANAR, put, takeIm, takeRe, turnedIm, turnedRe } from './butterflies';
import { madd, scatter1 } from './lanes';

/** The largest radix of {@link oddButterfly}. */
export const LARGEST_RADIX: u32 = 13;

/**
 * The DFT of odd radix r, from the sums and differences of inputs j and r − j. `waves` holds the
 * cosines and sines of 2πjk/r for k and j from 1 to (r − 1)/2, and then space for the sums and
 * differences. `w` holds the twiddle factors: vectors for FIRST, else numbers.
 */
@inline
export function oddButterfly<T>(
  radix: usize,
  waves: usize,
  w: usize,
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
): void {
  const input = kind === FIRST ? mode : PLANAR;
  const half = radix >> 1;
  const sums = waves + ((half * half * 2 * sizeof<T>() + 15) & ~15);
  const end = sums + 64 * half;
  const x0r = takeRe<T>(input, xr, x);
  const x0i = takeIm<T>(input, xr, xi, x);
  let totalRe = x0r;
  let totalIm = x0i;
  let front = x + s;
  let back = x + (radix - 1) * s;
  for (let at = sums; at < end; at += 64) {
    const ar = takeRe<T>(input, xr, front);
    const ai = takeIm<T>(input, xr, xi, front);
    const br = takeRe<T>(input, xr, back);
    const bi = takeIm<T>(input, xr, xi, back);
    const sr = v128.add<T>(ar, br);
    const si = v128.add<T>(ai, bi);
    v128.store(at, sr);
    v128.store(at, si, 16);
    v128.store(at, v128.sub<T>(ar, br), 32);
    v128.store(at, v128.sub<T>(ai, bi), 48);
    totalRe = v128.add<T>(totalRe, sr);
    totalIm = v128.add<T>(totalIm, si);
    front += s;
    back -= s;
  }
  const step = kind === FIRST ? sizeof<T>() : t;
  let up = y;
  let down = y + radix * step;
  if (kind === FIRST) {
    scatter1<T>(yr + y, t, totalRe);
    scatter1<T>(yi + y, t, totalIm);
  } else if (kind === LAST) put<T>(mode, yr, yi, y, totalRe, totalIm);
  else {
    v128.store(yr + y, totalRe);
    v128.store(yi + y, totalIm);
  }
  const size: usize = kind === FIRST ? 32 : 2 * sizeof<T>();
  let wUp = w;
  let wDown = w + (radix - 2) * size;
  let wave = waves;
  for (let k: usize = 0; k < half; k++) {
    let er = x0r;
    let ei = x0i;
    let fr = v128.splat<T>(0);
    let fi = fr;
    for (let at = sums; at < end; at += 64) {
      const c = v128.load_splat<T>(wave);
      const sine = v128.load_splat<T>(wave, sizeof<T>());
      er = madd<T>(c, v128.load(at), er);
      ei = madd<T>(c, v128.load(at, 16), ei);
      fi = madd<T>(sine, v128.load(at, 32), fi);
      fr = madd<T>(sine, v128.load(at, 48), fr);
      wave += 2 * sizeof<T>();
    }
    up += step;
    down -= step;
    const ur = v128.add<T>(er, fr);
    const ui = v128.sub<T>(ei, fi);
    const vr = v128.sub<T>(er, fr);
    const vi = v128.add<T>(ei, fi);
    if (kind === LAST) {
      put<T>(mode, yr, yi, up, ur, ui);
      put<T>(mode, yr, yi, down, vr, vi);
    } else if (kind === FIRST) {
      const ar = v128.load(wUp);
      const ai = v128.load(wUp, 16);
      const br = v128.load(wDown);
      const bi = v128.load(wDown, 16);
      scatter1<T>(yr + up, t, turnedRe<T>(ur, ui, ar, ai));
      scatter1<T>(yi + up, t, turnedIm<T>(ur, ui, ar, ai));
      scatter1<T>(yr + down, t, turnedRe<T>(vr, vi, br, bi));
      scatter1<T>(yi + down, t, turnedIm<T>(vr, vi, br, bi));
    } else {
      const ar = v128.load_splat<T>(wUp);
      const ai = v128.load_splat<T>(wUp, sizeof<T>());
      const br = v128.load_splat<T>(wDown);
      const bi = v128.load_splat<T>(wDown, sizeof<T>());
      v128.store(yr + up, turnedRe<T>(ur, ui, ar, ai));
      v128.store(yi + up, turnedIm<T>(ur, ui, ar, ai));
      v128.store(yr + down, turnedRe<T>(vr, vi, br, bi));
      v128.store(yi + down, turnedIm<T>(vr, vi, br, bi));
    }
    wUp += size;
    wDown -= size;
  }
}
