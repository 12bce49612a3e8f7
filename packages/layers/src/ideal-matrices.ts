import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/**
 * The matrix of ideal upsampling of an axis by a factor f, `[f·N, N]`: the trigonometric
 * interpolation of the frequencies |k| < N/2,
 *
 *     U[i, p] = (1/N) Σ_{|k| < N/2} cos(2πk (i/f − p)/N).
 *
 * For even N it drops the frequency N/2. A shift by a fraction of a pixel is not defined for it.
 */
export function idealUpsampling(size: number, factor: number): Tensor2D {
  const kernel = dirichlet(size, factor);
  const values = new Float32Array(factor * size * size);
  for (let i = 0; i < factor * size; i++) {
    for (let p = 0; p < size; p++) {
      values[i * size + p] = kernel[(i - factor * p + factor * size) % (factor * size)]!;
    }
  }
  return tensor2d(values, [factor * size, size]);
}

/**
 * The matrix of ideal downsampling of an axis by a factor f, `[N, f·N]`: it keeps the frequencies
 * |k| < N/2, and then every f-th value. It is the transpose of {@link idealUpsampling}, divided by
 * f.
 */
export function idealDownsampling(size: number, factor: number): Tensor2D {
  const kernel = dirichlet(size, factor);
  const length = factor * size;
  const values = new Float32Array(length * size);
  for (let p = 0; p < size; p++) {
    for (let i = 0; i < length; i++) {
      values[p * length + i] = kernel[(i - factor * p + length) % length]! / factor;
    }
  }
  return tensor2d(values, [size, length]);
}

/** The interpolation of a unit pulse, `sin(πKt/N)/(N sin(πt/N))` at t = i/f, with K frequencies. */
function dirichlet(size: number, factor: number): Float64Array {
  const frequencies = 2 * Math.ceil(size / 2) - 1;
  return Float64Array.from({ length: factor * size }, (_, i) => {
    const angle = (Math.PI * i) / (factor * size);
    return i === 0 ? frequencies / size : Math.sin(frequencies * angle) / (size * Math.sin(angle));
  });
}
