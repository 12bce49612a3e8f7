/** Complex numbers of about 32 digits. Each part is a sum of two doubles. */
interface Parts {
  re: Float64Array;
  reLow: Float64Array;
  im: Float64Array;
  imLow: Float64Array;
}

const BITS = 160n;
const ONE = 1n << BITS;

/** π in fixed point, by Machin's formula. */
const PI = (() => {
  const arctanOfInverse = (n: bigint) => {
    let sum = 0n;
    let power = ONE / n;
    for (let k = 1n, sign = 1n; power !== 0n; k += 2n, sign = -sign) {
      sum += (sign * power) / k;
      power /= n * n;
    }
    return sum;
  };
  return 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n));
})();

/**
 * e^{−2πi k/n}, k = 0 … n − 1, in fixed point. Taylor's series gives the first root, and
 * multiplication gives the others.
 */
function rootsOf(n: number): Parts {
  const angle = (2n * PI) / BigInt(n);
  const [c, s] = [taylor(angle, 0n), taylor(angle, 1n)];
  const roots = parts(n);
  for (let k = 0, re = ONE, im = 0n; k < n; k++) {
    [roots.re[k], roots.reLow[k]] = doubleDouble(re);
    [roots.im[k], roots.imLow[k]] = doubleDouble(-im);
    [re, im] = [(re * c - im * s) >> BITS, (re * s + im * c) >> BITS];
  }
  return roots;
}

/** The even (cosine) or odd (sine) terms of the exponential series. */
function taylor(angle: bigint, first: bigint): bigint {
  let term = first === 0n ? ONE : angle;
  let sum = 0n;
  for (let k = first; term !== 0n; k += 2n) {
    sum += term;
    term = -(((term * angle) >> BITS) * angle) >> BITS;
    term /= (k + 1n) * (k + 2n);
  }
  return sum;
}

function doubleDouble(value: bigint): [number, number] {
  const unit = 2 ** -Number(BITS);
  const high = Number(value) * unit;
  const rest = value - BigInt(Math.trunc(high / unit));
  return [high, Number(rest) * unit];
}

function parts(n: number): Parts {
  const array = () => new Float64Array(n);
  return { re: array(), reLow: array(), im: array(), imLow: array() };
}

// Sums and products of pairs (Dekker 1971; Knuth) leave their result in `high` and `low`. Returning
// a pair would allocate.
let high = 0;
let low = 0;

function add(a: number, aLow: number, b: number, bLow: number): void {
  const s = a + b;
  const v = s - a;
  const e = a - (s - v) + (b - v) + aLow + bLow;
  high = s + e;
  low = e - (high - s);
}

const SPLIT = 2 ** 27 + 1;

function multiply(a: number, aLow: number, b: number, bLow: number): void {
  const p = a * b;
  const ta = SPLIT * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = SPLIT * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  const e = ah * bh - p + ah * bl + al * bh + al * bl + a * bLow + aLow * b;
  high = p + e;
  low = e - (high - p);
}

/** target[k] = x[i]·y[j], complex. */
function product(target: Parts, k: number, x: Parts, i: number, y: Parts, j: number): void {
  multiply(x.re[i]!, x.reLow[i]!, y.re[j]!, y.reLow[j]!);
  const [a, aLow] = [high, low];
  multiply(x.im[i]!, x.imLow[i]!, y.im[j]!, y.imLow[j]!);
  add(a, aLow, -high, -low);
  const [re, reLow] = [high, low];
  multiply(x.re[i]!, x.reLow[i]!, y.im[j]!, y.imLow[j]!);
  const [b, bLow] = [high, low];
  multiply(x.im[i]!, x.imLow[i]!, y.re[j]!, y.reLow[j]!);
  add(b, bLow, high, low);
  target.im[k] = high;
  target.imLow[k] = low;
  target.re[k] = re;
  target.reLow[k] = reLow;
}

/** The in-place radix-2 DFT of a power-of-two length, after a bit reversal. */
function powerOfTwo(x: Parts, roots: Parts): void {
  const n = x.re.length;
  const all = [x.re, x.reLow, x.im, x.imLow];
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) for (const a of all) [a[i], a[j]] = [a[j]!, a[i]!];
  }
  const t = parts(1);
  for (let half = 1; half < n; half *= 2) {
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [start + k, start + k + half];
        product(t, 0, x, b, roots, (k * n) / (2 * half));
        for (const [v, vLow, w, wLow] of [
          [x.re, x.reLow, t.re[0]!, t.reLow[0]!],
          [x.im, x.imLow, t.im[0]!, t.imLow[0]!],
        ] as const) {
          add(v[a]!, vLow[a]!, -w, -wLow);
          [v[b], vLow[b]] = [high, low];
          add(v[a]!, vLow[a]!, w, wLow);
          [v[a], vLow[a]] = [high, low];
        }
      }
    }
  }
}

const rootsBySize = new Map<number, Parts>();

function rootsFor(size: number): Parts {
  const known = rootsBySize.get(size) ?? rootsOf(size);
  rootsBySize.set(size, known);
  return known;
}

/**
 * The half-spectrum of a real signal to about 30 digits, rounded to doubles. It uses radix 2 for
 * powers of two and Bluestein's algorithm for other lengths, in double-double arithmetic. Its roots
 * of unity come from 160-bit integers. It shares no code with `src/`.
 */
export function exactSpectrum(signal: Float64Array): { real: Float64Array; imag: Float64Array } {
  const n = signal.length;
  const bins = Math.floor(n / 2) + 1;
  const x = parts(n);
  x.re.set(signal);
  if ((n & (n - 1)) === 0) {
    if (n > 1) powerOfTwo(x, rootsFor(n));
    return { real: x.re.slice(0, bins), imag: x.im.slice(0, bins) };
  }
  let size = 1;
  while (size < 2 * n - 1) size *= 2;
  const circle = rootsOf(2 * n);
  const [a, b] = [parts(size), parts(size)];
  for (let t = 0; t < n; t++) {
    const chirp = (t * t) % (2 * n);
    product(a, t, x, t, circle, chirp);
    for (const at of [t, (size - t) % size]) {
      b.re[at] = circle.re[chirp]!;
      b.reLow[at] = circle.reLow[chirp]!;
      b.im[at] = -circle.im[chirp]!;
      b.imLow[at] = -circle.imLow[chirp]!;
    }
  }
  const roots = rootsFor(size);
  powerOfTwo(a, roots);
  powerOfTwo(b, roots);
  // The inverse: conjugate, transform, conjugate, divide by a power of two.
  for (let k = 0; k < size; k++) {
    product(a, k, a, k, b, k);
    a.im[k] = -a.im[k]!;
    a.imLow[k] = -a.imLow[k]!;
  }
  powerOfTwo(a, roots);
  const [real, imag] = [new Float64Array(bins), new Float64Array(bins)];
  for (let k = 0; k < bins; k++) {
    a.im[k] = -a.im[k]!;
    a.imLow[k] = -a.imLow[k]!;
    product(a, k, a, k, circle, (k * k) % (2 * n));
    real[k] = a.re[k]! / size;
    imag[k] = a.im[k]! / size;
  }
  return { real, imag };
}
