import { root, take, takeValues, word } from './building';
import { PAIRS, PLANAR, turnedIm, turnedRe } from './butterflies';
import { lanes, madd, msub, reversed } from './lanes';
import { planRow, transformRow } from './rows';

// The DFT of a real signal of even length n, by one complex transform of length N = n/2. In memory,
// the signal already is the complex sequence z_t = x_{2t} + i x_{2t+1}. With Z its transform and
// w_k = e^{−2πi k/n}:
//
// X_k = ½(Z_k + conj Z_{N−k}) − ½i w_k (Z_k − conj Z_{N−k}).
//
// Words of a plan: 0 the length, 4 the plan of the half, 8 and 12 the real and imaginary parts of
// w, 16 and 20 those of Z.

/** Plans real DFTs of even length. */
export function planEven<T>(n: u32): usize {
  const plan = take(24);
  const half = n / 2;
  word(plan, n);
  word(plan + 4, <u32>planRow<T>(half));
  // Vectors may read past the middle.
  const count = half / 2 + 1 + <u32>lanes<T>();
  const re = takeValues<T>(count);
  const im = takeValues<T>(count);
  for (let k: u32 = 0; k < count; k++) root<T>(re + k * sizeof<T>(), im + k * sizeof<T>(), k, n);
  word(plan + 8, <u32>re);
  word(plan + 12, <u32>im);
  word(plan + 16, <u32>takeValues<T>(half));
  word(plan + 20, <u32>takeValues<T>(half));
  return plan;
}

/** The n/2 + 1 bins of a signal. */
export function forwardEven<T>(plan: usize, x: usize, real: usize, imag: usize): void {
  const half = <usize>load<u32>(plan) / 2;
  const cosines = <usize>load<u32>(plan, 8);
  const sines = <usize>load<u32>(plan, 12);
  const zr = <usize>load<u32>(plan, 16);
  const zi = <usize>load<u32>(plan, 20);
  transformRow<T>(<usize>load<u32>(plan, 4), PAIRS, x, 0, PLANAR, zr, zi);
  const size = sizeof<T>();
  const end = half * size;
  const first = load<T>(zr);
  const second = load<T>(zi);
  store<T>(real, first + second);
  store<T>(imag, 0);
  store<T>(real + end, first - second);
  store<T>(imag + end, 0);
  if (half < 8) {
    for (let at = size; at * 2 <= end; at += size) {
      const ar = load<T>(zr + at);
      const ai = load<T>(zi + at);
      const br = load<T>(zr + end - at);
      const bi = load<T>(zi + end - at);
      const c = load<T>(cosines + at);
      const s = load<T>(sines + at);
      const er = <T>0.5 * (ar + br);
      const ei = <T>0.5 * (ai - bi);
      const or = <T>0.5 * (ai + bi);
      const oi = <T>0.5 * (br - ar);
      const tr = or * c - oi * s;
      const ti = or * s + oi * c;
      store<T>(real + at, er + tr);
      store<T>(imag + at, ei + ti);
      store<T>(real + end - at, er - tr);
      store<T>(imag + end - at, ti - ei);
    }
    return;
  }
  const scale = v128.splat<T>(<T>0.5);
  for (let at = size, back = end - 16; at * 2 <= end; at += 16, back -= 16) {
    const ar = v128.load(zr + at);
    const ai = v128.load(zi + at);
    const br = reversed<T>(v128.load(zr + back));
    const bi = reversed<T>(v128.load(zi + back));
    const c = v128.load(cosines + at);
    const s = v128.load(sines + at);
    const er = v128.mul<T>(scale, v128.add<T>(ar, br));
    const ei = v128.mul<T>(scale, v128.sub<T>(ai, bi));
    const or = v128.mul<T>(scale, v128.add<T>(ai, bi));
    const oi = v128.mul<T>(scale, v128.sub<T>(br, ar));
    const tr = turnedRe<T>(or, oi, c, s);
    const ti = turnedIm<T>(or, oi, c, s);
    v128.store(real + at, v128.add<T>(er, tr));
    v128.store(imag + at, v128.add<T>(ei, ti));
    v128.store(real + back, reversed<T>(v128.sub<T>(er, tr)));
    v128.store(imag + back, reversed<T>(v128.sub<T>(ti, ei)));
  }
}

/** The signal of n/2 + 1 bins, without the factor 1/n but times `factor`. */
export function inverseEven<T>(plan: usize, real: usize, imag: usize, x: usize, factor: T): void {
  const half = <usize>load<u32>(plan) / 2;
  const cosines = <usize>load<u32>(plan, 8);
  const sines = <usize>load<u32>(plan, 12);
  const zr = <usize>load<u32>(plan, 16);
  const zi = <usize>load<u32>(plan, 20);
  const size = sizeof<T>();
  const end = half * size;
  const first = factor * load<T>(real);
  const last = factor * load<T>(real + end);
  store<T>(zr, first + last);
  store<T>(zi, first - last);
  if (half < 8) {
    for (let at = size; at * 2 <= end; at += size) {
      const ar = factor * load<T>(real + at);
      const ai = factor * load<T>(imag + at);
      const br = factor * load<T>(real + end - at);
      const bi = factor * load<T>(imag + end - at);
      const c = load<T>(cosines + at);
      const s = load<T>(sines + at);
      // i conj(w) (X_k − conj X_{N−k})
      const tr = s * (ar - br) - c * (ai + bi);
      const ti = c * (ar - br) + s * (ai + bi);
      store<T>(zr + at, ar + br + tr);
      store<T>(zi + at, ai - bi + ti);
      store<T>(zr + end - at, ar + br - tr);
      store<T>(zi + end - at, bi - ai + ti);
    }
  } else {
    const scale = v128.splat<T>(factor);
    for (let at = size, back = end - 16; at * 2 <= end; at += 16, back -= 16) {
      const ar = v128.mul<T>(scale, v128.load(real + at));
      const ai = v128.mul<T>(scale, v128.load(imag + at));
      const br = v128.mul<T>(scale, reversed<T>(v128.load(real + back)));
      const bi = v128.mul<T>(scale, reversed<T>(v128.load(imag + back)));
      const c = v128.load(cosines + at);
      const s = v128.load(sines + at);
      const dr = v128.sub<T>(ar, br);
      const di = v128.add<T>(ai, bi);
      const sr = v128.add<T>(ar, br);
      const si = v128.sub<T>(ai, bi);
      const tr = msub<T>(c, di, v128.mul<T>(s, dr));
      const ti = madd<T>(c, dr, v128.mul<T>(s, di));
      v128.store(zr + at, v128.add<T>(sr, tr));
      v128.store(zi + at, v128.add<T>(si, ti));
      v128.store(zr + back, reversed<T>(v128.sub<T>(sr, tr)));
      v128.store(zi + back, reversed<T>(v128.sub<T>(ti, si)));
    }
  }
  // Swapping real and imaginary parts turns the forward DFT into the inverse.
  transformRow<T>(<usize>load<u32>(plan, 4), PLANAR, zi, zr, PAIRS, x, 0);
}
