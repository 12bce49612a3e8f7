import { requireOptions } from '@ds/checks';
import {
  add,
  concat,
  customGrad,
  gather,
  mul,
  reshape,
  scalar,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { halfTurns, splitOrder } from './cosine-order.js';
import { type Norm, requireNorm } from './norm.js';
import { irfft, requireSignal, rfft } from './rfft.js';

/**
 * The discrete cosine transform (DCT-II) of real signals along the last axis, differentiable.
 *
 * `X_k = 2 c Σ_t x_t cos(π k (2t + 1) / (2n))`, k = 0 … n−1, with c = 1 (`'backward'`, the default)
 * or 1/(2n) (`'forward'`). `'ortho'` has c = 1/√(2n), and 1/√(4n) for k = 0, so its matrix is
 * orthogonal. These are the norms of scipy.
 *
 * It is the Fourier transform of the signal and its mirror image. So no signal has a jump between
 * its ends, and smooth signals have small coefficients at high frequencies.
 *
 * Shapes: x `[..., n]` float32, any n ≥ 1 → `[..., n]`. Bin k has k/(2n) cycles per sample. One
 * {@link rfft} of length n computes it. The gradient is the exact adjoint.
 *
 * Papers: Ahmed, Natarajan & Rao, "Discrete cosine transform", 1974; the algorithm is that of
 * Makhoul, "A fast cosine transform in one and two dimensions", 1980.
 *
 * @throws ConfigError if x is not a float32 tensor of rank ≥ 1 without empty axes, or norm is
 *   unknown.
 */
export function dct(x: Tensor, options: { norm?: Norm } = {}): Tensor {
  return checked('dct', x, 1, options, forward);
}

/**
 * The inverse of {@link dct} along the last axis, differentiable. Up to its scale it is the
 * DCT-III.
 *
 * `x_t = c (X_0/2 + Σ_{k≥1} X_k cos(π k (2t + 1) / (2n)))` with c = 1/n (`'backward'`, the default)
 * or 2 (`'forward'`). For `'ortho'` it is the transpose of the orthogonal matrix.
 *
 * Shapes: X `[..., n]` float32 → `[..., n]`.
 *
 * @throws ConfigError as {@link dct} does.
 */
export function idct(x: Tensor, options: { norm?: Norm } = {}): Tensor {
  return checked('idct', x, 1, options, inverse);
}

/**
 * {@link dct} along the last two axes, differentiable.
 *
 * Shapes: x `[..., H, W]` float32, any H, W ≥ 1 → `[..., H, W]`.
 *
 * @throws ConfigError if x is not a float32 tensor of rank ≥ 2 without empty axes, or norm is
 *   unknown.
 */
export function dct2d(x: Tensor, options: { norm?: Norm } = {}): Tensor {
  return checked('dct2d', x, 2, options, onBothAxes(forward));
}

/**
 * The inverse of {@link dct2d}, {@link idct} along the last two axes, differentiable.
 *
 * Shapes: X `[..., H, W]` float32 → `[..., H, W]`.
 *
 * @throws ConfigError as {@link dct2d} does.
 */
export function idct2d(x: Tensor, options: { norm?: Norm } = {}): Tensor {
  return checked('idct2d', x, 2, options, onBothAxes(inverse));
}

/** A transform along the last axis. */
type Transform = (x: Tensor, norm: Norm) => Tensor;

function checked(
  op: string,
  x: Tensor,
  rank: number,
  options: { norm?: Norm },
  transform: Transform,
): Tensor {
  requireSignal(op, x, rank);
  requireOptions(op, 'options', options, { norm: requireNorm });
  return tidy(() => transform(x, options.norm ?? 'backward'));
}

function onBothAxes(transform: Transform): Transform {
  return (x, norm) => {
    const axes = x.shape.map((_, axis) => axis);
    const swapped = [...axes.slice(0, -2), x.rank - 1, x.rank - 2];
    const columns = transform(transpose(transform(x, norm), swapped), norm);
    return transpose(columns, swapped);
  };
}

const forward: Transform = (x, norm) => {
  const length = x.shape[x.rank - 1]!;
  switch (norm) {
    case 'backward':
      return cosines(x, 2);
    case 'forward':
      return cosines(x, 1 / length);
    case 'ortho':
      return weighted(cosines(x, Math.sqrt(2 / length)), Math.SQRT1_2);
  }
};

const inverse: Transform = (x, norm) => {
  const length = x.shape[x.rank - 1]!;
  switch (norm) {
    case 'backward':
      return cosineSeries(weighted(x, 0.5), 1 / length);
    case 'forward':
      return cosineSeries(weighted(x, 0.5), 2);
    case 'ortho':
      return cosineSeries(weighted(x, Math.SQRT1_2), Math.sqrt(2 / length));
  }
};

/** Multiplies bin 0 by a weight. */
function weighted(x: Tensor, weight: number): Tensor {
  const length = x.shape[x.rank - 1]!;
  return mul(x, tensor1d(Array.from({ length }, (_, k) => (k === 0 ? weight : 1))));
}

/** `factor · Σ_t x_t cos(π k (2t + 1) / (2n))` along the last axis. */
function cosines(x: Tensor, factor: number): Tensor {
  const op = customGrad((input) => ({
    value: onRows(input as Tensor, factor, cosinesOfRows),
    gradFunc: (dy: Tensor) => cosineSeries(dy, factor),
  }));
  return op(x);
}

/** The transpose of {@link cosines}: `factor · Σ_k X_k cos(π k (2t + 1) / (2n))`. */
function cosineSeries(x: Tensor, factor: number): Tensor {
  const op = customGrad((input) => ({
    value: onRows(input as Tensor, factor, seriesOfRows),
    gradFunc: (dy: Tensor) => cosines(dy, factor),
  }));
  return op(x);
}

/** Maps the rows of `factor · x`. So a sum overflows only if the result does. */
function onRows(x: Tensor, factor: number, map: (rows: Tensor2D) => Tensor): Tensor {
  return tidy(() => {
    const rows = reshape(mul(x, scalar(factor)), [-1, x.shape[x.rank - 1]!]);
    return reshape(map(rows as Tensor2D), x.shape);
  });
}

/**
 * With the samples in the order 0, 2, 4, … 5, 3, 1 and `W_k = e^{-iπk/(2n)} · rfft(x)_k`,
 * coefficient k is `Re W_k`, and coefficient n − k is `−Im W_k`.
 */
function cosinesOfRows(x: Tensor2D): Tensor {
  const length = x.shape[1];
  const bins = Math.floor(length / 2) + 1;
  const { real, imag } = rfft(gather(x, indices(splitOrder(length)), 1));
  const [cos, sin] = halfTurns(length, bins).map((values) =>
    tensor1d(Float32Array.from(values)),
  ) as [Tensor, Tensor];
  const even = add(mul(real, cos), mul(imag, sin));
  const odd = sub(mul(real, sin), mul(imag, cos));
  const places = Array.from({ length }, (_, k) => (k < bins ? k : bins + length - k));
  return gather(concat([even, odd], 1), indices(places), 1);
}

/** The same steps in reverse. Bins other than 0 count half, since `irfft` counts them twice. */
function seriesOfRows(x: Tensor2D): Tensor {
  const length = x.shape[1];
  const bins = Math.floor(length / 2) + 1;
  const even = slice(x, [0, 0], [-1, bins]);
  const mirrored = Array.from({ length: bins }, (_, k) => (k === 0 ? 0 : length - k));
  const odd = gather(x, indices(mirrored), 1);
  const [cos, sin] = halfTurns(length, bins);
  const half = (values: Float64Array, first: number) =>
    tensor1d(Float32Array.from(values, (value, k) => (k === 0 ? first : value / 2)));
  const imag = sub(mul(even, half(sin, 0)), mul(odd, half(cos, 0)));
  const real = add(mul(even, half(cos, 1)), mul(odd, half(sin, 0)));
  const signal = irfft({ real, imag }, { length, norm: 'forward' });
  const places = new Array<number>(length);
  splitOrder(length).forEach((from, at) => {
    places[from] = at;
  });
  return gather(signal, indices(places), 1);
}

function indices(values: number[]): Tensor {
  return tensor1d(values, 'int32');
}
