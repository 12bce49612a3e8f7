import {
  add,
  concat,
  customGrad,
  reverse,
  slice,
  stack,
  sub,
  type Tensor,
  tidy,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import { dft } from './dft.js';
import { forwardOnHost, isOnHost } from './host-dft.js';
import { firstAndSecond, type HalfSpectrum, unpack } from './rfft.js';

/**
 * The complex DFT along one axis, times a factor, differentiable:
 * `Z_k = factor · Σ_t z_t e^{∓2πi k t / n}`, k = 0 … n − 1. The sign is minus for `'complex'` and
 * plus for `'complexAdjoint'`. Shapes stay.
 */
export function complexAlongAxis(
  { real, imag }: HalfSpectrum,
  axis: number,
  kind: 'complex' | 'complexAdjoint',
  factor: number,
): HalfSpectrum {
  const last = real.rank - 1;
  const length = real.shape[axis]!;
  const swapped = real.shape.map((_, at) => (at === axis ? last : at === last ? axis : at));
  return tidy(() => {
    const [re, im] = [transpose(real, swapped), transpose(imag, swapped)];
    const transformed = isOnHost()
      ? firstAndSecond(() => rowsOnHost(stack([re, im], 0), length, kind, factor))
      : unpack(() => dft(concat([re, im], last), kind, length, factor));
    return {
      real: transpose(transformed.real, swapped),
      imag: transpose(transformed.imag, swapped),
    };
  });
}

/** The DFT of complex rows `[2, …, n]`, real parts first. Its gradient is the adjoint. */
function rowsOnHost(
  rows: Tensor,
  length: number,
  kind: 'complex' | 'complexAdjoint',
  factor: number,
): Tensor {
  const op = customGrad((given) => ({
    value: tidy(() => fromRealRows(given as Tensor, length, kind, factor)),
    gradFunc: (dy: Tensor) =>
      rowsOnHost(dy, length, kind === 'complex' ? 'complexAdjoint' : 'complex', factor),
  }));
  return op(rows);
}

/**
 * The DFT of complex rows from the real DFTs of both parts. Let a + ib be the half-spectrum of the
 * real parts, and c + id that of the imaginary parts. Then `Z_k = (a − d) + i(b + c)` in the first
 * half, and `Z_{n−k} = (a + d) + i(c − b)`. The adjoint swaps both expressions.
 */
function fromRealRows(
  rows: Tensor,
  length: number,
  kind: 'complex' | 'complexAdjoint',
  factor: number,
): Tensor {
  const [reals, imaginaries] = unstack(forwardOnHost(rows, [1, length], factor), 0);
  const [a, c] = unstack(reals!, 0) as [Tensor, Tensor];
  const [b, d] = unstack(imaginaries!, 0) as [Tensor, Tensor];
  const forward = { real: sub(a, d), imag: add(b, c) };
  const backward = { real: add(a, d), imag: sub(c, b) };
  const [half, mirror] = kind === 'complex' ? [forward, backward] : [backward, forward];
  return stack([joined(half.real, mirror.real, length), joined(half.imag, mirror.imag, length)], 0);
}

/** Bins 0 … floor(n/2) of one tensor, then the mirrored bins of the other one. */
function joined(half: Tensor, mirror: Tensor, length: number): Tensor {
  const axis = half.rank - 1;
  const bins = half.shape[axis]!;
  if (length === bins) return half;
  const begin = mirror.shape.map((_, at) => (at === axis ? 1 : 0));
  const size = mirror.shape.map((all, at) => (at === axis ? length - bins : all));
  return concat([half, reverse(slice(mirror, begin, size), axis)], axis);
}
