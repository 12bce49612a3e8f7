// e^{−2πi k/n} to about the last bit of a double, for integers 0 ≤ k < n. The angle is first
// reduced exactly to one eighth of the circle. Taylor's series gives cosine and sine there.

/** The real part of the last root. */
export let rootRe: f64 = 1;
/** The imaginary part of the last root. */
export let rootIm: f64 = 0;

/** Sets {@link rootRe} and {@link rootIm} to e^{−2πi k/n}. */
export function unitRoot(k: u64, n: u64): void {
  const octant = (8 * k) / n;
  const rest = 8 * k - octant * n;
  // In odd octants, the angle is measured from the far end.
  const near = octant & 1 ? n - rest : rest;
  const angle = (0.7853981633974483 * <f64>near) / <f64>n;
  const c = cosine(angle);
  const s = sine(angle);
  const isSwapped = ((octant + 1) & 2) !== 0;
  const re = isSwapped ? s : c;
  const im = isSwapped ? c : s;
  rootRe = octant >= 2 && octant < 6 ? -re : re;
  rootIm = octant < 4 ? -im : im;
}

/** Terms of the series: at π/4, the next one is below 2^−60. */
const TERMS = 10;

/** The cosine of an angle of at most π/4. */
function cosine(angle: f64): f64 {
  const square = angle * angle;
  let sum: f64 = 0;
  for (let i = TERMS; i > 1; i--) sum = (1 - sum) * (square / <f64>((2 * i - 1) * (2 * i)));
  // 1 − x²/2 is rounded once, and the error is added to the small rest.
  const half = 0.5 * square;
  const head = 1 - half;
  return head + (1 - head - half + half * sum);
}

/** The sine of an angle of at most π/4. */
function sine(angle: f64): f64 {
  const square = angle * angle;
  let sum: f64 = 0;
  for (let i = TERMS; i > 0; i--) sum = (1 - sum) * (square / <f64>(2 * i * (2 * i + 1)));
  return angle - angle * sum;
}
