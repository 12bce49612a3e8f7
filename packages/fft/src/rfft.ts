import { ConfigError, requireObject, requireOptions, requireSize, requireTensor } from '@ds/checks';
import {
  concat,
  mul,
  pad,
  slice,
  stack,
  type Tensor,
  tensor1d,
  tidy,
  unstack,
} from '@tensorflow/tfjs-core';
import { dft } from './dft.js';
import { forwardOnHost, inverseOnHost, isOnHost } from './host-dft.js';
import { type Norm, normFactor, requireNorm } from './norm.js';

/** A half-spectrum: two real tensors of one shape, whose last axis has `floor(n/2) + 1` bins. */
export type HalfSpectrum = { real: Tensor; imag: Tensor };

/**
 * The DFT of real signals along the last axis, differentiable.
 *
 * `X_k = c Σ_t x_t e^{-2πi k t / n}`, k = 0 … floor(n/2), with c = 1 (`'backward'`, the default),
 * 1/√n (`'ortho'`) or 1/n (`'forward'`).
 *
 * Shapes: x `[..., n]` float32, any n from 1 to 2²⁴ → real and imag `[..., floor(n/2)+1]`, k in
 * bins (cycles per n samples). On `wasm` with the kernels of `@ds/backend`, the transform runs in
 * float32 in tfjs's memory. On `cpu`, and on `wasm` without them, it runs in float64 on the host
 * plan (`@ds/fft/plan`). Other backends multiply by the DFT matrix, or above 1,024 samples by
 * smaller matrices, and read nothing back. The gradient is the exact adjoint. The factor is applied
 * before the sum, so the sum overflows only if the result does. Values that are not finite
 * propagate.
 *
 * @throws ConfigError if x is not a float32 tensor of rank ≥ 1, its last axis is not in 1 … 2²⁴, or
 *   norm is unknown.
 */
export function rfft(x: Tensor, options: { norm?: Norm } = {}): HalfSpectrum {
  requireSignal('rfft', x, 1);
  requireOptions('rfft', 'options', options, { norm: requireNorm });
  const length = x.shape[x.rank - 1]!;
  requireSize('rfft', 'the last axis of x', length);
  const factor = normFactor(options.norm ?? 'backward', 'forward', length);
  if (isOnHost()) return firstAndSecond(() => forwardOnHost(x, [1, length], factor));
  return unpack(() => dft(x, 'real', length, factor));
}

/**
 * The inverse of {@link rfft} along the last axis, differentiable.
 *
 * `x_t = c Σ_k X_k e^{2πi k t / n}` over the full Hermitian spectrum, with c = 1/n (`'backward'`,
 * the default), 1/√n or 1. The imaginary parts of bin 0 and of bin n/2 (n even) are ignored, as in
 * numpy; their gradient is zero.
 *
 * Shapes: real, imag `[..., bins]` → `[..., n]` with n = `length`, by default `2·(bins − 1)`. The
 * number of bins does not determine n. An odd length round-trips only if `length` is given. As in
 * numpy, surplus bins are cut and missing bins are zero.
 *
 * @throws ConfigError if the two tensors are not float32 of one shape, or `length` is not an
 *   integer ≥ 1 (a single bin needs `length`, since its default would be 0).
 */
export function irfft(
  spectrum: HalfSpectrum,
  options: { length?: number; norm?: Norm } = {},
): Tensor {
  requireSpectrum('irfft', spectrum, 1);
  requireOptions('irfft', 'options', options, { length: requireSize, norm: requireNorm });
  const given = spectrum.real.shape[spectrum.real.rank - 1]!;
  const length = options.length ?? 2 * (given - 1);
  requireSize('irfft', 'length', length);
  const factor = normFactor(options.norm ?? 'backward', 'inverse', length);
  return tidy(() => {
    if (!isOnHost()) return inverseReal(spectrum.real, spectrum.imag, length, factor);
    const packed = stacked(spectrum, [], Math.floor(length / 2) + 1);
    return inverseOnHost(packed, [1, length], factor, 'twice');
  });
}

/** `factor · Σ_k X_k e^{2πi k t / n}` over the Hermitian spectrum, along the last axis. */
export function inverseReal(real: Tensor, imag: Tensor, length: number, factor: number): Tensor {
  const bins = Math.floor(length / 2) + 1;
  const axis = real.rank - 1;
  // Every bin but 0 and n/2 counts twice: for itself and for its conjugate. The weights are halved
  // and the factor is doubled, so no bin overflows before the factor is applied.
  const weights = Float32Array.from({ length: bins }, (_, k) =>
    k === 0 || 2 * k === length ? 0.5 : 1,
  );
  const packed = concat([resize(real, axis, bins), resize(imag, axis, bins)], axis);
  const weighted = mul(packed, tensor1d([...weights, ...weights]));
  return dft(weighted, 'realAdjoint', length, 2 * factor);
}

/** Truncates or zero-pads the end of an axis to `size`. */
export function resize(x: Tensor, axis: number, size: number): Tensor {
  const have = x.shape[axis]!;
  if (have > size) {
    const sizes = x.shape.slice();
    sizes[axis] = size;
    return slice(
      x,
      x.shape.map(() => 0),
      sizes,
    );
  }
  if (have < size) {
    return pad(
      x,
      x.shape.map((_, at) => [0, at === axis ? size - have : 0] as [number, number]),
    );
  }
  return x;
}

/** Splits a tensor of shape `[2, …]` into real and imaginary parts. */
export function firstAndSecond(packed: () => Tensor): HalfSpectrum {
  return tidy(() => {
    const [real, imag] = unstack(packed(), 0) as [Tensor, Tensor];
    return { real, imag };
  });
}

/** Stacks both parts along a new first axis, truncated or zero-padded to `rows` and `bins`. */
export function stacked({ real, imag }: HalfSpectrum, rows: number[], bins: number): Tensor {
  const fitted = (x: Tensor) =>
    [...rows, bins].reduce((y, size, i) => resize(y, y.rank - rows.length - 1 + i, size), x);
  return stack([fitted(real), fitted(imag)], 0);
}

/** Splits the last axis of a packed tensor into real and imaginary parts. */
export function unpack(packed: () => Tensor): HalfSpectrum {
  return tidy(() => {
    const both = packed();
    const axis = both.rank - 1;
    const begin = both.shape.map(() => 0);
    const size = both.shape.slice();
    size[axis] = both.shape[axis]! / 2;
    const imagBegin = begin.slice();
    imagBegin[axis] = size[axis]!;
    return { real: slice(both, begin, size), imag: slice(both, imagBegin, size) };
  });
}

export function requireSignal(op: string, x: Tensor, rank: number, name = 'x'): void {
  requireTensor(op, name, x, { minRank: rank });
}

export function requireSpectrum(op: string, spectrum: HalfSpectrum, rank: number): void {
  requireObject(op, 'spectrum', spectrum);
  const { real, imag } = spectrum;
  requireSignal(op, real, rank, 'real');
  requireSignal(op, imag, rank, 'imag');
  if (real.shape.join() !== imag.shape.join()) {
    throw new ConfigError(
      `${op}: real and imag must have one shape, got [${real.shape}] and [${imag.shape}]`,
    );
  }
}
