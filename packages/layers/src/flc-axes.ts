import { type Check, type Checks, requireBoolean, requireOptions } from '@ds/checks';
import { magnitude } from '@ds/fft';
import {
  type ComplexMatrix,
  resampleAxes,
  resampleSpectrum,
  spectrumMultiplyAdds,
} from '@ds/kernels';
import {
  add,
  matMul,
  reshape,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { lowCutBands } from './kept-band.js';
import { checkOutputSize, type Reduction, reductionOf } from './output-size.js';
import type { SpatialRank } from './spatial-rank.js';
import { checkNorm, complexAxes, type Norm } from './spectral-matrices.js';
import { requireStrides } from './stride-values.js';

/** Options of `flcPool`. */
export interface FlcPoolOptions {
  /** Whether to return the modulus, as the published code does. Default false. */
  modulus?: boolean;
  /**
   * Scale of the transform pair. Default `'forward'`, which keeps means. The published code uses
   * `'backward'`. The default of `spectralPool` and `diffStride` is `'ortho'`.
   */
  norm?: Norm;
  /**
   * Output size, one for all axes or one for each axis, instead of strides. It may be any size up
   * to that of the input.
   */
  outputSize?: number | readonly number[];
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** Frequency low cut along the spatial axes of an image of a rank, with all checks. */
export function flcAxes<X extends Tensor>(
  op: string,
  rank: SpatialRank,
  x: X,
  strides: number | readonly number[] | undefined,
  options: FlcPoolOptions,
): X {
  requireImage(op, x, rank);
  requireOptions(op, 'options', options, flcChecks(rank));
  const { norm = 'forward', modulus = false, dataFormat = 'channelsLast' } = options;
  const reduction = reductionOf(op, rank, strides, options.outputSize, requireStrides);
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const axes = lowCutAxes(op, image.shape.slice(1, -1), { ...reduction, modulus, norm });
      return modulus ? (magnitude(complexParts(image, axes)) as X) : resampleSpectrum(image, axes);
    }),
  );
}

/** Multiply-adds of {@link flcAxes} for one image of these sides and channels. */
export function flcMultiplyAdds(op: string, image: readonly number[], options: LowCut): number {
  return tidy(() => {
    const axes = lowCutAxes(op, image.slice(0, -1), options);
    if (!options.modulus) return image.at(-1)! * spectrumMultiplyAdds(axes);
    const size = [...image];
    return axes.reduce((total, { real, imaginary }, axis) => {
      const values = size.reduce((product, side) => product * side, 1);
      size[axis] = real.shape[0];
      const isFirst = axes.slice(0, axis).every((one) => !one.imaginary);
      return total + (isFirst ? 1 : 2) * (imaginary ? 2 : 1) * real.shape[0] * values;
    }, 0);
  });
}

/** The options of frequency low cut, with its reduction. */
type LowCut = Reduction & { modulus: boolean; norm: Norm };

/** The complex matrix of each axis, for images with these sides. */
export function lowCutAxes(
  op: string,
  sides: readonly number[],
  { modulus, norm, ...reduction }: LowCut,
): ComplexMatrix[] {
  return complexAxes(lowCutBands(op, sides, reduction as Reduction), norm, modulus);
}

/** `(R_1 + i·I_1) ⊗ … ⊗ (R_d + i·I_d) x`, axis by axis. */
function complexParts(x: Tensor, axes: ComplexMatrix[]): { real: Tensor; imag: Tensor } {
  let real = x;
  let imag: Tensor | null = null;
  for (const [axis, matrix] of axes.entries()) {
    const other = imaginaryMatrix(matrix);
    const [a, b]: [Tensor, Tensor | null] = [real, imag];
    real = along(a, axis, matrix.real);
    imag = b && along(b, axis, matrix.real);
    if (!other) continue;
    const turned = along(a, axis, other);
    real = b ? sub(real, along(b, axis, other)) : real;
    imag = imag ? add(imag, turned) : turned;
  }
  return { real, imag: imag ?? sub(real, real) };
}

/** The imaginary part of an axis as one matrix, or `null` if it vanishes. */
function imaginaryMatrix({ imaginary }: ComplexMatrix): Tensor2D | null {
  if (!imaginary) return null;
  const { synthesis, analysis } = imaginary;
  return analysis ? (matMul(synthesis, analysis) as Tensor2D) : synthesis;
}

/** Multiplies one spatial axis by a matrix. */
function along(x: Tensor, axis: number, matrix: Tensor2D): Tensor {
  const before = x.shape.slice(0, axis + 1);
  const after = x.shape.slice(axis + 2);
  const lines = before.reduce((product, side) => product * side, 1);
  const rows = reshape(x, [lines, x.shape[axis + 1]!, -1]) as Tensor3D;
  return reshape(resampleAxes(rows, [matrix]), [...before, matrix.shape[0], ...after]);
}

/** The checks of `FlcPoolOptions`. As in tfjs, one axis has no data format. */
export function flcChecks(rank: SpatialRank): Checks<FlcPoolOptions> {
  const checks: Record<string, Check> = {
    modulus: requireBoolean,
    norm: checkNorm,
    outputSize: checkOutputSize(rank),
    ...(rank === 1 ? {} : { dataFormat: checkDataFormat }),
  };
  return checks as Checks<FlcPoolOptions>;
}
