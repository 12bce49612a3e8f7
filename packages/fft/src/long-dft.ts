import {
  add,
  matMul,
  mul,
  pad,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import { complexFft } from './complex-fft.js';
import { unitRoot } from './unit-root.js';

/** Complex numbers as two real tensors, `[count, n]` each. */
export type Parts = [real: Tensor2D, imaginary: Tensor2D];

/** Up to this length, one product with the DFT matrix is fastest. */
const LONGEST_FACTOR = 128;
/** Up to this length, one matrix product is used. A longer DFT's matrix would exceed its data. */
export const LONGEST_MATRIX = 1024;

/**
 * Complex DFTs of the rows, for lengths whose matrix would be too large. If n = a·b with a small
 * enough factor, each factor is a product with a small matrix (Cooley & Tukey 1965). Otherwise the
 * DFT is a convolution (Bluestein 1970). The host computes all roots of unity, since a GPU's sine
 * has few correct digits. Call it inside `tidy`.
 */
export function longDft(x: Parts, n: number): Parts {
  if (n <= LONGEST_FACTOR) return byMatrix(x, n);
  for (let a = LONGEST_FACTOR; a > 1; a--) if (n % a === 0) return byFactors(x, a, n / a);
  return n <= LONGEST_MATRIX ? byMatrix(x, n) : byConvolution(x, n);
}

function byMatrix(x: Parts, n: number): Parts {
  const roots = (part: 0 | 1) => table(n, n, (t, k) => unitRoot((t * k) % n, n)[part]);
  return product(x, [roots(0), roots(1)], (a, b) => matMul(a, b) as Tensor2D);
}

/**
 * Let t = b·t₁ + t₂ and k = k₁ + a·k₂. Transforms over t₁, multiplies by the twiddle factors
 * e^{−2πi t₂k₁/n}, then transforms over t₂.
 */
function byFactors(x: Parts, a: number, b: number): Parts {
  const count = x[0].shape[0];
  const n = a * b;
  const across = x.map((part) =>
    reshape(transpose(reshape(part, [count, a, b]), [0, 2, 1]), [count * b, a]),
  ) as Parts;
  const inner = byMatrix(across, a).map((part) => reshape(part, [count, n])) as Parts;
  const turns = (part: 0 | 1) =>
    reshape(
      table(b, a, (t, k) => unitRoot(t * k, n)[part]),
      [1, n],
    ) as Tensor2D;
  const turned = product(inner, [turns(0), turns(1)], (left, right) => mul(left, right));
  const rows = turned.map((part) =>
    reshape(transpose(reshape(part, [count, b, a]), [0, 2, 1]), [count * a, b]),
  ) as Parts;
  return longDft(rows, b).map((part) =>
    reshape(transpose(reshape(part, [count, a, b]), [0, 2, 1]), [count, n]),
  ) as Parts;
}

/**
 * Since 2tk = t² + k² − (k − t)², the DFT is a convolution with a chirp. Transforms whose length is
 * a power of two compute it.
 */
function byConvolution(x: Parts, n: number): Parts {
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1));
  // e^{−πi t²/n}. Reducing t² modulo 2n is exact.
  const chirp = Array.from({ length: n }, (_, t) => unitRoot((t * t) % (2 * n), 2 * n));
  const turns = [0, 1].map((part) =>
    tensor2d(
      Float32Array.from(chirp, (z) => z[part as 0 | 1]),
      [1, n],
    ),
  ) as Parts;
  const kernel = new Float64Array(2 * m);
  chirp.forEach(([re, im], t) => {
    for (const at of [t, (m - t) % m]) kernel.set([re, -im], 2 * at);
  });
  const plan = complexFft(m);
  const padded = [
    new Array<number>(plan.bufferSize(1)).fill(0),
    new Array<number>(plan.bufferSize(1)).fill(0),
  ];
  kernel.forEach((value, at) => {
    padded[0]![at] = value;
  });
  const spectrum = plan.transform(padded[0]!, padded[1]!);
  const response = [0, 1].map((part) =>
    tensor2d(
      Float32Array.from({ length: m }, (_, k) => spectrum[2 * k + part]! / m),
      [1, m],
    ),
  ) as Parts;
  const turn = (z: Parts) => product(z, turns, (left, right) => mul(left, right));
  const wide = turn(x).map((part) =>
    pad(part, [
      [0, 0],
      [0, m - n],
    ]),
  ) as Parts;
  const filtered = product(longDft(wide, m), response, (left, right) => mul(left, right));
  // The inverse DFT: conjugate, forward transform, conjugate.
  const [re, im] = longDft([filtered[0], mul(filtered[1], -1)], m).map((part) =>
    slice(part, [0, 0], [-1, n]),
  ) as Parts;
  return turn([re, mul(im, -1)]);
}

/** The complex product of x and y, where `of` multiplies two real tensors. */
function product(x: Parts, y: Parts, of: (a: Tensor2D, b: Tensor2D) => Tensor): Parts {
  return [sub(of(x[0], y[0]), of(x[1], y[1])), add(of(x[0], y[1]), of(x[1], y[0]))] as Parts;
}

function table(
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): Tensor2D {
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      values[row * columns + column] = value(row, column);
  }
  return tensor2d(values, [rows, columns]);
}
