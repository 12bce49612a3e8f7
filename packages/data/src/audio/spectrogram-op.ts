import { ConfigError, HOST_BACKENDS, refuse, requireTensor, SMALLEST_NORMAL } from '@ds/checks';
import { magnitude, rfft } from '@ds/fft';
import {
  add,
  getBackend,
  log,
  matMul,
  maximum,
  mul,
  pad,
  reshape,
  scalar,
  slice,
  square,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { framesOf } from './frames.js';
import { hannWindow } from './hann-window.js';
import { Spectrogram } from './spectrogram.js';
import { filterMatrix, transformMatrix } from './spectrogram-matrices.js';
import { zerosAround } from './zeros-around.js';

/** The longest DFT as one matrix product. Longer ones are products of smaller matrices. */
const LONGEST_MATRIX = 1024;

/**
 * The spectrogram of sounds as a tensor, on every backend: `S = |X D|^p M`. X holds the frames of
 * the sounds. D is the window times the DFT, and M is the transposed mel filterbank. The
 * compression follows. Differentiable.
 *
 * On a GPU the DFT is a matrix product, and nothing is read back. On the host the DFT is an FFT.
 * The values S equal `plan.transform` to 1e-5 of the largest S. So the logarithm of an S that is
 * below 1e-5 of the largest S may differ more.
 *
 * Shapes: x `[batch, samples]` float32 → `[batch, frames, bands]`.
 *
 * @param plan the front end.
 * @throws ConfigError if x has another rank or type, its sounds are shorter than a frame, or the
 *   offset of a logarithm underflows in float32.
 */
export function spectrogram(x: Tensor2D, plan: Spectrogram): Tensor3D {
  if (!(plan instanceof Spectrogram)) refuse('spectrogram', 'plan', 'be a Spectrogram', plan);
  requireFloatOffset('spectrogram', plan);
  return spectrogramOf('spectrogram', x, plan);
}

/** @throws ConfigError if float32 rounds the offset of a logarithm to 0. */
export function requireFloatOffset(op: string, { options }: Spectrogram): void {
  const { compression, offset } = options;
  if (compression !== 'none' && offset < SMALLEST_NORMAL) {
    throw new ConfigError(
      `${op}: offset must be >= ${SMALLEST_NORMAL}, ` +
        `because float32 rounds smaller values to 0, got ${offset}`,
    );
  }
}

/** {@link spectrogram}, for a plan with a checked offset. Errors name `op`. */
export function spectrogramOf(op: string, x: Tensor2D, plan: Spectrogram): Tensor3D {
  requireTensor(op, 'x', x, { rank: 2, axes: '[batch, samples]' });
  const { frameLength, hopLength, fftLength } = plan.options;
  const [batch, samples] = x.shape;
  const count = plan.frames(samples);
  if (count === 0) {
    throw new ConfigError(
      `${op}: samples must be at least a frame (${frameLength}), got ${samples}`,
    );
  }
  return tidy(() => {
    const frames = framesOf(x, { frameLength, hopLength, count, ...zerosAround(plan.options) });
    const isProduct = !HOST_BACKENDS.includes(getBackend()) && fftLength <= LONGEST_MATRIX;
    const values = isProduct ? byProducts(frames, plan) : byTransform(frames, plan);
    return reshape(compressed(values, plan), [batch, count, plan.bands]);
  });
}

/**
 * `|X D|^p M` with the DFT as a matrix product.
 *
 * Shapes: [frames, frameLength] → [frames, bands].
 */
export function byProducts(frames: Tensor2D, plan: Spectrogram): Tensor2D {
  const { power, bands } = plan.options;
  const [transform, filters] = [transformMatrix(plan), filterMatrix(plan)];
  const [count, length] = frames.shape;
  const bins = transform.length / (2 * length);
  const parts = matMul(frames, tensor2d(transform, [length, 2 * bins])) as Tensor2D;
  const half = (x: Tensor2D, at: number) => slice(x, [0, at * bins], [count, bins]);
  if (power === 1) {
    return inBands(magnitude({ real: half(parts, 0), imag: half(parts, 1) }) as Tensor2D, plan);
  }
  const squares: Tensor2D = square(parts);
  if (filters === null) return add(half(squares, 0), half(squares, 1));
  // Re² and Im² have the same filters, so the product also adds them.
  const twice = new Float32Array(2 * filters.length);
  twice.set(filters);
  twice.set(filters, filters.length);
  return matMul(squares, tensor2d(twice, [2 * bins, bands!]));
}

/**
 * `|X D|^p M` with the DFT as an FFT.
 *
 * Shapes: [frames, frameLength] → [frames, bands].
 */
export function byTransform(frames: Tensor2D, plan: Spectrogram): Tensor2D {
  const { frameLength, fftLength, power } = plan.options;
  const windowed = mul(frames, tensor1d(Float32Array.from(hannWindow(frameLength))));
  const rest = fftLength - frameLength;
  const atTheEnd: [number, number][] = [
    [0, 0],
    [0, rest],
  ];
  const whole = rest === 0 ? windowed : pad(windowed, atTheEnd);
  const spectrum = rfft(whole);
  const powers =
    power === 1 ? magnitude(spectrum) : add(square(spectrum.real), square(spectrum.imag));
  return inBands(powers as Tensor2D, plan);
}

function inBands(powers: Tensor2D, plan: Spectrogram): Tensor2D {
  const filters = filterMatrix(plan);
  return filters === null
    ? powers
    : matMul(powers, tensor2d(filters, [powers.shape[1], plan.bands]));
}

function compressed(x: Tensor, { options: { compression, offset } }: Spectrogram): Tensor {
  switch (compression) {
    case 'log':
      return log(add(x, scalar(offset)));
    case 'decibel':
      return mul(log(maximum(x, scalar(offset))), scalar(10 / Math.LN10));
    case 'none':
      return x;
  }
}
