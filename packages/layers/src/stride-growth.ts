import { type AxisMatrix, type ComplexMatrix, isMasked, resampleSpectrum } from '@ds/kernels';
import { clip } from '@ds/masks/ops';
import {
  add,
  minimum as lesser,
  matMul,
  mul,
  reshape,
  scalar,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { LARGEST, type StrideLimits } from './effective-strides.js';
import { padAxes, padSpectrum } from './pad-spectrum.js';
import {
  maskedSpectrum,
  type Norm,
  type SpectrumAxis,
  spectrumOfAxes,
} from './spectral-matrices.js';
import { poolSpectrum, type SpectralPath, spectralPath } from './spectral-path.js';

/** The smallest stride of DiffStride. An axis grows at most by its reciprocal. */
export const SMALLEST_STRIDE = 1 / 8;

/** The output size of each axis of DiffStride with a stride below 1, and `null` for the others. */
export type Growth = readonly (number | null)[];

/** The options that decide about {@link Growth}. */
interface GrowthOptions extends StrideLimits {
  cropping?: boolean | undefined;
  outputSize?: readonly number[] | undefined;
}

/** The smallest stride that a caller may give. A wrong limit has its own error. */
export function leastStride(lowerLimit: unknown): number {
  return typeof lowerLimit === 'number' && lowerLimit > 0 ? Math.min(1, lowerLimit) : 1;
}

/**
 * The output size of DiffStride at stride 1 with the whole band, such as [H, 2·floor(W/2)]. A width
 * of 1 stays 1.
 */
export function wholeSize(input: readonly number[]): number[] {
  return [...input.slice(0, -1), wholeWidth(input.at(-1)!)];
}

/** The last side of {@link wholeSize}. */
export function wholeWidth(width: number): number {
  return Math.max(1, 2 * Math.floor(width / 2));
}

/**
 * Finds the axes that grow, or returns `null` if none does. An axis of N pixels with stride S < 1
 * gets round(N/S) pixels, and at least those of stride 1. Without cropping no size changes, but the
 * ramp is that of the stride.
 *
 * @param strides reads the strides on the host.
 */
export function growthAt(
  input: readonly number[],
  strides: () => readonly number[],
  { lowerLimit = 1, upperLimit = LARGEST, cropping = true, outputSize }: GrowthOptions,
): Growth | null {
  if (lowerLimit >= 1) return null;
  const whole = wholeSize(input);
  const within = (stride: number) => Math.min(Math.max(stride, lowerLimit), upperLimit);
  const given = outputSize ? null : strides().map(within);
  const growth = input.map((side, axis) => {
    if (!given) return cropping && outputSize![axis]! > whole[axis]! ? outputSize![axis]! : null;
    if (!(given[axis]! < 1)) return null;
    return cropping ? Math.max(whole[axis]!, Math.round(side / given[axis]!)) : whole[axis]!;
  });
  return growth.some((size) => size !== null) ? growth : null;
}

/**
 * The smallest (a − d)/R that a mask reads. It is 0 there at every stride. A cropped frequency is
 * at −∞, where the gradient would be 0·∞.
 */
const BEYOND = -1e3;

/**
 * The mask of an axis with a stride S < 1: `m(d) = clip((R' + a − d)/R')` with `R' = R/S` and the
 * half size a of the smallest stride ≥ 1. At S = 1 it is DiffStride's mask. R = 0 is a hard crop.
 */
export function grownMask(
  strides: Tensor1D,
  axis: number,
  half: number,
  smoothness: number,
  { lowerLimit = 1, upperLimit = LARGEST }: StrideLimits,
): (distances: number[]) => Tensor1D {
  return (distances) =>
    tidy(() => {
      if (smoothness === 0) return tensor1d(distances.map((d) => (d < half ? 1 : 0)));
      const own = slice(strides, [Math.min(axis, strides.size - 1)], [1]);
      const stride = lesser(clip(own, lowerLimit, upperLimit), scalar(1));
      const above = tensor1d(
        distances.map((distance) => Math.max((half - distance) / smoothness, BEYOND)),
      );
      return clip(add(mul(above, reshape(stride, [1])), scalar(1)), 0, 1) as Tensor1D;
    });
}

/** Masks the spectrum along each axis, and pads the axes that grow with zeros. */
export function poolGrown<X extends Tensor>(
  x: X,
  axes: readonly SpectrumAxis[],
  growth: Growth,
  norm: Norm,
  path: 'auto' | SpectralPath,
): X {
  const size = axes.map(({ band }, axis) => growth[axis] ?? band.outputSize);
  const chosen = path === 'auto' ? fasterPath(x, size) : path;
  if (chosen === 'fft') {
    return padSpectrum(poolSpectrum(x, axes, norm, 'fft'), size, norm, 'fft');
  }
  return resampleSpectrum(x, grownMatrices(maskedSpectrum(axes, norm), growth, norm));
}

/** The faster path from an image to a size. Volumes always use matrices. */
function fasterPath(x: Tensor, size: readonly number[]): SpectralPath {
  if (size.length > 2) return 'matrices';
  const [batch, channels] = [x.shape[0]!, x.shape.at(-1)!];
  const [columns, rows = 1] = x.shape.slice(1, -1).toReversed() as [number, number?];
  const [width, height = 1] = size.toReversed() as [number, number?];
  return spectralPath([batch, rows, columns, channels], [height, width]).path;
}

/** Spectral upsampling after a pooling, as one set of matrices. Call it in a `tidy`. */
export function grownMatrices(
  matrices: readonly ComplexMatrix<AxisMatrix>[],
  growth: Growth,
  norm: Norm,
): ComplexMatrix<AxisMatrix>[] {
  const pooled = matrices.map(({ real }) => real.shape[0]);
  const size = pooled.map((side, axis) => growth[axis] ?? side);
  const paddings = () => spectrumOfAxes(padAxes(pooled, size), norm).map(({ real }) => real);
  const made = paddings();
  return matrices.map((matrix, axis) => {
    if (pooled[axis] === size[axis]) return matrix;
    const grown = (one: AxisMatrix) => padded(one, made[axis]!, () => paddings()[axis]!);
    const { real, imaginary } = matrix;
    if (!imaginary) return { real: grown(real) };
    return {
      real: grown(real),
      imaginary: { ...imaginary, synthesis: grown(imaginary.synthesis) },
    };
  });
}

/**
 * `padding · matrix`. The waves of a masked matrix are made in the backward pass, and are
 * padded there again.
 */
function padded(matrix: AxisMatrix, padding: Tensor2D, remade: () => Tensor2D): AxisMatrix {
  if (!isMasked(matrix)) return matMul(padding, matrix);
  const { value, ramp } = matrix;
  return {
    shape: [padding.shape[0], matrix.shape[1]],
    value: matMul(padding, value),
    ramp: ramp && {
      ...ramp,
      waves: (places) => {
        const { synthesis, analysis } = ramp.waves(places);
        return { synthesis: matMul(remade(), synthesis), analysis };
      },
    },
  };
}
