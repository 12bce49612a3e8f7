import { isWriting, root, takeValues } from './building';

// Bluestein's algorithm (1970). The chirp is c_t = e^{−πi t²/n}. Since
// k·t = (k² + t² − (k − t)²)/2, the DFT is a convolution: X_k = c_k Σ_t (x_t c_t) conj(c_{k−t}).

/** Writes the chirp c_t, t = 0 … n − 1, as pairs. */
export function chirp<T>(n: u32): usize {
  const size = sizeof<T>();
  const table = takeValues<T>(2 * n);
  for (let t: u32 = 0, at = table; t < n; t++, at += 2 * size) {
    root<T>(at, at + size, <u64>t * t, 2 * <u64>n);
  }
  return table;
}

/** Writes the DFT of the conjugate chirp, of length `size` and divided by it, as pairs. */
export function chirpKernel<T>(n: u32, size: u32): usize {
  const table = takeValues<T>(2 * size);
  const x = takeValues<f64>(2 * size);
  const y = takeValues<f64>(2 * size);
  const roots = takeValues<f64>(2 * size);
  if (!isWriting()) return table;
  for (let t: u32 = 0; t < size; t++) {
    const at = roots + 16 * t;
    root<f64>(at, at + 8, t, size);
    const near = min(t, size - t);
    if (near < n) {
      root<f64>(x + 16 * t, x + 16 * t + 8, <u64>near * near, 2 * <u64>n, 1 / <f64>size);
      store<f64>(x + 16 * t, -load<f64>(x + 16 * t, 8), 8);
    } else {
      store<f64>(x + 16 * t, 0);
      store<f64>(x + 16 * t, 0, 8);
    }
  }
  const z = plainDft(x, y, roots, size);
  for (let i: u32 = 0; i < 2 * size; i++) {
    store<T>(table + i * sizeof<T>(), <T>load<f64>(z + 8 * i));
  }
  return table;
}

/**
 * Stockham's FFT of radix 2, 3 or 5, one number at a time. Plans use it once. `roots` holds the
 * roots of unity of the whole length.
 *
 * @returns x or y, whichever holds the result.
 */
function plainDft(x: usize, y: usize, roots: usize, size: u32): usize {
  let runs: u32 = 1;
  let rest = size;
  while (rest > 1) {
    const radix: u32 = rest % 2 === 0 ? 2 : rest % 3 === 0 ? 3 : 5;
    const groups = rest / radix;
    for (let p: u32 = 0; p < groups; p++) {
      for (let q: u32 = 0; q < runs; q++) {
        for (let k: u32 = 0; k < radix; k++) {
          let re: f64 = 0;
          let im: f64 = 0;
          for (let j: u32 = 0; j < radix; j++) {
            const from = x + 16 * ((p + j * groups) * runs + q);
            // e^{−2πi (jk/radix + pk/rest)}, from the roots of the whole length.
            const turn = ((j * (size / radix) + p * runs) * k) % size;
            const c = load<f64>(roots + 16 * turn);
            const s = load<f64>(roots + 16 * turn, 8);
            re += load<f64>(from) * c - load<f64>(from, 8) * s;
            im += load<f64>(from) * s + load<f64>(from, 8) * c;
          }
          const to = y + 16 * ((p * radix + k) * runs + q);
          store<f64>(to, re);
          store<f64>(to, im, 8);
        }
      }
    }
    const swap = x;
    x = y;
    y = swap;
    runs *= radix;
    rest = groups;
  }
  return x;
}
