import { type Doubles, doubles } from './doubles.js';

/** One pass of a mixed-radix FFT: its radix, its sizes and its twiddle factors. */
export interface Stage {
  radix: number;
  /** Remaining transform length, divided by the radix. */
  groups: number;
  /** Product of the radices of the earlier passes. */
  stride: number;
  /** e^{−2πi p j/n'} for p = 0 … groups − 1, j = 1 … radix − 1. */
  twiddles: Doubles;
  /**
   * cos and −sin of 2πjk/radix for each k, with j up to half the radix. Only the general butterfly
   * uses them.
   */
  waves: Doubles;
}

export function radix2(x: Doubles, y: Doubles, { groups, twiddles }: Stage, stride: number) {
  const half = 2 * stride * groups;
  for (let p = 0, i = 0, o = 0; p < groups; p++) {
    const wr = twiddles[2 * p]!;
    const wi = twiddles[2 * p + 1]!;
    for (let q = 0; q < stride; q++, i += 2, o += 2) {
      const ar = x[i]!;
      const ai = x[i + 1]!;
      const br = x[i + half]!;
      const bi = x[i + half + 1]!;
      const dr = ar - br;
      const di = ai - bi;
      y[o] = ar + br;
      y[o + 1] = ai + bi;
      y[o + 2 * stride] = dr * wr - di * wi;
      y[o + 2 * stride + 1] = dr * wi + di * wr;
    }
    o += 2 * stride;
  }
}

const SIN_60 = Math.sqrt(3) / 2;

export function radix3(x: Doubles, y: Doubles, { groups, twiddles }: Stage, stride: number) {
  const third = 2 * stride * groups;
  const step = 2 * stride;
  for (let p = 0, i = 0, o = 0; p < groups; p++) {
    const w1r = twiddles[4 * p]!;
    const w1i = twiddles[4 * p + 1]!;
    const w2r = twiddles[4 * p + 2]!;
    const w2i = twiddles[4 * p + 3]!;
    for (let q = 0; q < stride; q++, i += 2, o += 2) {
      const ar = x[i]!;
      const ai = x[i + 1]!;
      const br = x[i + third]!;
      const bi = x[i + third + 1]!;
      const cr = x[i + 2 * third]!;
      const ci = x[i + 2 * third + 1]!;
      const sr = br + cr;
      const si = bi + ci;
      const mr = ar - 0.5 * sr;
      const mi = ai - 0.5 * si;
      const nr = SIN_60 * (bi - ci);
      const ni = SIN_60 * (cr - br);
      y[o] = ar + sr;
      y[o + 1] = ai + si;
      const ur = mr + nr;
      const ui = mi + ni;
      y[o + step] = ur * w1r - ui * w1i;
      y[o + step + 1] = ur * w1i + ui * w1r;
      const vr = mr - nr;
      const vi = mi - ni;
      y[o + 2 * step] = vr * w2r - vi * w2i;
      y[o + 2 * step + 1] = vr * w2i + vi * w2r;
    }
    o += 2 * step;
  }
}

export function radix4(x: Doubles, y: Doubles, { groups, twiddles }: Stage, stride: number) {
  const quarter = 2 * stride * groups;
  const step = 2 * stride;
  for (let p = 0, i = 0, o = 0; p < groups; p++) {
    const w1r = twiddles[6 * p]!;
    const w1i = twiddles[6 * p + 1]!;
    const w2r = twiddles[6 * p + 2]!;
    const w2i = twiddles[6 * p + 3]!;
    const w3r = twiddles[6 * p + 4]!;
    const w3i = twiddles[6 * p + 5]!;
    for (let q = 0; q < stride; q++, i += 2, o += 2) {
      const x0r = x[i]!;
      const x0i = x[i + 1]!;
      const x1r = x[i + quarter]!;
      const x1i = x[i + quarter + 1]!;
      const x2r = x[i + 2 * quarter]!;
      const x2i = x[i + 2 * quarter + 1]!;
      const x3r = x[i + 3 * quarter]!;
      const x3i = x[i + 3 * quarter + 1]!;
      const ar = x0r + x2r;
      const ai = x0i + x2i;
      const br = x0r - x2r;
      const bi = x0i - x2i;
      const cr = x1r + x3r;
      const ci = x1i + x3i;
      const dr = x1r - x3r;
      const di = x1i - x3i;
      y[o] = ar + cr;
      y[o + 1] = ai + ci;
      const ur = br + di;
      const ui = bi - dr;
      y[o + step] = ur * w1r - ui * w1i;
      y[o + step + 1] = ur * w1i + ui * w1r;
      const vr = ar - cr;
      const vi = ai - ci;
      y[o + 2 * step] = vr * w2r - vi * w2i;
      y[o + 2 * step + 1] = vr * w2i + vi * w2r;
      const tr = br - di;
      const ti = bi + dr;
      y[o + 3 * step] = tr * w3r - ti * w3i;
      y[o + 3 * step + 1] = tr * w3i + ti * w3r;
    }
    o += 3 * step;
  }
}

/** The first pass over a single signal. It needs no inner loop. */
export function radix4First(x: ArrayLike<number>, y: Doubles, { groups, twiddles }: Stage) {
  const quarter = 2 * groups;
  for (let i = 0, o = 0, w = 0; i < quarter; i += 2, o += 8, w += 6) {
    const x0r = x[i]!;
    const x0i = x[i + 1]!;
    const x1r = x[i + quarter]!;
    const x1i = x[i + quarter + 1]!;
    const x2r = x[i + 2 * quarter]!;
    const x2i = x[i + 2 * quarter + 1]!;
    const x3r = x[i + 3 * quarter]!;
    const x3i = x[i + 3 * quarter + 1]!;
    const ar = x0r + x2r;
    const ai = x0i + x2i;
    const br = x0r - x2r;
    const bi = x0i - x2i;
    const cr = x1r + x3r;
    const ci = x1i + x3i;
    const dr = x1r - x3r;
    const di = x1i - x3i;
    y[o] = ar + cr;
    y[o + 1] = ai + ci;
    const ur = br + di;
    const ui = bi - dr;
    const w1r = twiddles[w]!;
    const w1i = twiddles[w + 1]!;
    y[o + 2] = ur * w1r - ui * w1i;
    y[o + 3] = ur * w1i + ui * w1r;
    const vr = ar - cr;
    const vi = ai - ci;
    const w2r = twiddles[w + 2]!;
    const w2i = twiddles[w + 3]!;
    y[o + 4] = vr * w2r - vi * w2i;
    y[o + 5] = vr * w2i + vi * w2r;
    const tr = br - di;
    const ti = bi + dr;
    const w3r = twiddles[w + 4]!;
    const w3i = twiddles[w + 5]!;
    y[o + 6] = tr * w3r - ti * w3i;
    y[o + 7] = tr * w3i + ti * w3r;
  }
}

/** The last pass has no twiddle factors. */
export function radix4Last(x: Doubles, y: Doubles, stride: number) {
  const step = 2 * stride;
  for (let i = 0; i < step; i += 2) {
    const x0r = x[i]!;
    const x0i = x[i + 1]!;
    const x1r = x[i + step]!;
    const x1i = x[i + step + 1]!;
    const x2r = x[i + 2 * step]!;
    const x2i = x[i + 2 * step + 1]!;
    const x3r = x[i + 3 * step]!;
    const x3i = x[i + 3 * step + 1]!;
    const ar = x0r + x2r;
    const ai = x0i + x2i;
    const br = x0r - x2r;
    const bi = x0i - x2i;
    const cr = x1r + x3r;
    const ci = x1i + x3i;
    const dr = x1r - x3r;
    const di = x1i - x3i;
    y[i] = ar + cr;
    y[i + 1] = ai + ci;
    y[i + step] = br + di;
    y[i + step + 1] = bi - dr;
    y[i + 2 * step] = ar - cr;
    y[i + 2 * step + 1] = ai - ci;
    y[i + 3 * step] = br - di;
    y[i + 3 * step + 1] = bi + dr;
  }
}

const SQRT_HALF = Math.SQRT1_2;

/**
 * The last pass has no twiddle factors. It combines a DFT of the 4 even values with a DFT of the 4
 * odd values.
 */
export function radix8Last(x: Doubles, y: Doubles, stride: number) {
  const step = 2 * stride;
  for (let i = 0; i < step; i += 2) {
    const x0r = x[i]!;
    const x0i = x[i + 1]!;
    const x4r = x[i + 4 * step]!;
    const x4i = x[i + 4 * step + 1]!;
    const x2r = x[i + 2 * step]!;
    const x2i = x[i + 2 * step + 1]!;
    const x6r = x[i + 6 * step]!;
    const x6i = x[i + 6 * step + 1]!;
    const a0r = x0r + x4r;
    const a0i = x0i + x4i;
    const a1r = x0r - x4r;
    const a1i = x0i - x4i;
    const a2r = x2r + x6r;
    const a2i = x2i + x6i;
    const a3r = x2r - x6r;
    const a3i = x2i - x6i;
    const e0r = a0r + a2r;
    const e0i = a0i + a2i;
    const e1r = a1r + a3i;
    const e1i = a1i - a3r;
    const e2r = a0r - a2r;
    const e2i = a0i - a2i;
    const e3r = a1r - a3i;
    const e3i = a1i + a3r;
    const x1r = x[i + step]!;
    const x1i = x[i + step + 1]!;
    const x5r = x[i + 5 * step]!;
    const x5i = x[i + 5 * step + 1]!;
    const x3r = x[i + 3 * step]!;
    const x3i = x[i + 3 * step + 1]!;
    const x7r = x[i + 7 * step]!;
    const x7i = x[i + 7 * step + 1]!;
    const b0r = x1r + x5r;
    const b0i = x1i + x5i;
    const b1r = x1r - x5r;
    const b1i = x1i - x5i;
    const b2r = x3r + x7r;
    const b2i = x3i + x7i;
    const b3r = x3r - x7r;
    const b3i = x3i - x7i;
    const o0r = b0r + b2r;
    const o0i = b0i + b2i;
    const c1r = b1r + b3i;
    const c1i = b1i - b3r;
    const o1r = SQRT_HALF * (c1r + c1i);
    const o1i = SQRT_HALF * (c1i - c1r);
    const o2r = b0i - b2i;
    const o2i = b2r - b0r;
    const c3r = b1r - b3i;
    const c3i = b1i + b3r;
    const o3r = SQRT_HALF * (c3i - c3r);
    const o3i = -SQRT_HALF * (c3r + c3i);
    y[i] = e0r + o0r;
    y[i + 1] = e0i + o0i;
    y[i + step] = e1r + o1r;
    y[i + step + 1] = e1i + o1i;
    y[i + 2 * step] = e2r + o2r;
    y[i + 2 * step + 1] = e2i + o2i;
    y[i + 3 * step] = e3r + o3r;
    y[i + 3 * step + 1] = e3i + o3i;
    y[i + 4 * step] = e0r - o0r;
    y[i + 4 * step + 1] = e0i - o0i;
    y[i + 5 * step] = e1r - o1r;
    y[i + 5 * step + 1] = e1i - o1i;
    y[i + 6 * step] = e2r - o2r;
    y[i + 6 * step + 1] = e2i - o2i;
    y[i + 7 * step] = e3r - o3r;
    y[i + 7 * step + 1] = e3i - o3i;
  }
}

const [COS_72, SIN_72] = [Math.cos((2 * Math.PI) / 5), Math.sin((2 * Math.PI) / 5)];
const [COS_144, SIN_144] = [Math.cos((4 * Math.PI) / 5), Math.sin((4 * Math.PI) / 5)];

export function radix5(x: Doubles, y: Doubles, { groups, twiddles }: Stage, stride: number) {
  const fifth = 2 * stride * groups;
  const step = 2 * stride;
  for (let p = 0, i = 0, o = 0; p < groups; p++) {
    const w = 8 * p;
    const w1r = twiddles[w]!;
    const w1i = twiddles[w + 1]!;
    const w2r = twiddles[w + 2]!;
    const w2i = twiddles[w + 3]!;
    const w3r = twiddles[w + 4]!;
    const w3i = twiddles[w + 5]!;
    const w4r = twiddles[w + 6]!;
    const w4i = twiddles[w + 7]!;
    for (let q = 0; q < stride; q++, i += 2, o += 2) {
      const x0r = x[i]!;
      const x0i = x[i + 1]!;
      const x1r = x[i + fifth]!;
      const x1i = x[i + fifth + 1]!;
      const x2r = x[i + 2 * fifth]!;
      const x2i = x[i + 2 * fifth + 1]!;
      const x3r = x[i + 3 * fifth]!;
      const x3i = x[i + 3 * fifth + 1]!;
      const x4r = x[i + 4 * fifth]!;
      const x4i = x[i + 4 * fifth + 1]!;
      const ar = x1r + x4r;
      const ai = x1i + x4i;
      const br = x2r + x3r;
      const bi = x2i + x3i;
      const cr = x1r - x4r;
      const ci = x1i - x4i;
      const dr = x2r - x3r;
      const di = x2i - x3i;
      y[o] = x0r + ar + br;
      y[o + 1] = x0i + ai + bi;
      const er = x0r + COS_72 * ar + COS_144 * br;
      const ei = x0i + COS_72 * ai + COS_144 * bi;
      const fr = SIN_72 * ci + SIN_144 * di;
      const fi = -SIN_72 * cr - SIN_144 * dr;
      const gr = x0r + COS_144 * ar + COS_72 * br;
      const gi = x0i + COS_144 * ai + COS_72 * bi;
      const hr = SIN_144 * ci - SIN_72 * di;
      const hi = SIN_72 * dr - SIN_144 * cr;
      const u1r = er + fr;
      const u1i = ei + fi;
      y[o + step] = u1r * w1r - u1i * w1i;
      y[o + step + 1] = u1r * w1i + u1i * w1r;
      const u2r = gr + hr;
      const u2i = gi + hi;
      y[o + 2 * step] = u2r * w2r - u2i * w2i;
      y[o + 2 * step + 1] = u2r * w2i + u2i * w2r;
      const u3r = gr - hr;
      const u3i = gi - hi;
      y[o + 3 * step] = u3r * w3r - u3i * w3i;
      y[o + 3 * step + 1] = u3r * w3i + u3i * w3r;
      const u4r = er - fr;
      const u4i = ei - fi;
      y[o + 4 * step] = u4r * w4r - u4i * w4i;
      y[o + 4 * step + 1] = u4r * w4i + u4i * w4r;
    }
    o += 4 * step;
  }
}

/** Sums and differences of values j and r − j. Each pair shares one cosine and one sine. */
const pairs = doubles(4 * 6);

export function radixOdd(x: Doubles, y: Doubles, stage: Stage, stride: number) {
  const { radix, groups, twiddles, waves } = stage;
  const part = 2 * stride * groups;
  const step = 2 * stride;
  const half = (radix - 1) >> 1;
  const far = radix * part;
  for (let p = 0, i = 0, o = 0; p < groups; p++) {
    const w = 2 * (radix - 1) * p - 2;
    for (let q = 0; q < stride; q++, i += 2, o += 2) {
      const x0r = x[i]!;
      const x0i = x[i + 1]!;
      let sumR = x0r;
      let sumI = x0i;
      for (let a = i + part, b = i + far - part, at = 0; a < b; a += part, b -= part, at += 4) {
        const ar = x[a]!;
        const ai = x[a + 1]!;
        const br = x[b]!;
        const bi = x[b + 1]!;
        pairs[at] = ar + br;
        pairs[at + 1] = ai + bi;
        pairs[at + 2] = ar - br;
        pairs[at + 3] = ai - bi;
        sumR += ar + br;
        sumI += ai + bi;
      }
      y[o] = sumR;
      y[o + 1] = sumI;
      for (let k = 1, wave = 0; k <= half; k++) {
        let er = x0r;
        let ei = x0i;
        let fr = 0;
        let fi = 0;
        for (let at = 0; at < 4 * half; at += 4, wave += 2) {
          const c = waves[wave]!;
          const s = waves[wave + 1]!;
          er += c * pairs[at]!;
          ei += c * pairs[at + 1]!;
          // i·s times the difference.
          fr -= s * pairs[at + 3]!;
          fi += s * pairs[at + 2]!;
        }
        const ur = er + fr;
        const ui = ei + fi;
        const wr = twiddles[w + 2 * k]!;
        const wi = twiddles[w + 2 * k + 1]!;
        y[o + k * step] = ur * wr - ui * wi;
        y[o + k * step + 1] = ur * wi + ui * wr;
        const vr = er - fr;
        const vi = ei - fi;
        const m = radix - k;
        const zr = twiddles[w + 2 * m]!;
        const zi = twiddles[w + 2 * m + 1]!;
        y[o + m * step] = vr * zr - vi * zi;
        y[o + m * step + 1] = vr * zi + vi * zr;
      }
    }
    o += (radix - 1) * step;
  }
}
