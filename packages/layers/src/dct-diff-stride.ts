import { type Checks, ConfigError, requireOptions } from '@ds/checks';
import {
  type AxisMatrix,
  areWavesCheaper,
  entriesOf,
  mostOnRamp,
  type PoolingMatrices,
  RAMP_MARGIN,
  type Reach,
  resampleByMatrices,
} from '@ds/kernels';
import { rampMask, rampValue } from '@ds/masks/ops';
import {
  div,
  maximum,
  type Scalar,
  scalar,
  split,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { type CosineAxis, maskedCosineMatrix } from './cosine-matrix.js';
import { type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import {
  checkLowerLimit,
  DIFF_STRIDE_CHECKS,
  type KnownStrides,
  requireLimits,
} from './diff-stride-options.js';
import { effectiveStrides, effectiveStrideValues, type StrideLimits } from './effective-strides.js';
import { requireUncroppedOutput } from './output-size.js';
import { placesOnRamp, valuesAt } from './ramp-window.js';
import { type Norm, someOf } from './spectral-matrices.js';
import {
  requireFinite,
  requireStrides,
  requireStrideTensor,
  strideValues,
} from './stride-values.js';

/** Options of {@link dctDiffStride}. */
export interface DctDiffStrideOptions extends StrideLimits {
  /** Width R of the mask's ramp, in coefficients of the cosine transform. Default 4. */
  smoothness?: number;
  /** Whether to crop to the kept coefficients. If false, only a low-pass filter. Default true. */
  cropping?: boolean;
  /** Scale of the transform pair. Default `'ortho'`. `'forward'` keeps means. */
  norm?: Norm;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
  /**
   * Output [height, width], for backends that cannot read the strides synchronously. Without
   * cropping it must be the size of x.
   */
  outputSize?: [number, number];
}

/**
 * The checks of {@link DctDiffStrideOptions}. `requireLimits` checks the upper limit,
 * which may be ∞.
 */
export const DCT_DIFF_STRIDE_CHECKS: Checks<DctDiffStrideOptions> = (() => {
  const { alignment: _alignment, path: _path, ...shared } = DIFF_STRIDE_CHECKS;
  return { ...shared, lowerLimit: checkLowerLimit(1) };
})();

/**
 * DCT-DiffStride: pooling in the cosine domain, whose strides have a gradient.
 *
 * `y = idct2(crop(mask_h(S_h) · dct2(x) · mask_w(S_w)))`. The n-th coefficient of an axis of N
 * pixels, n = 1 … N, has the mask
 *
 * `m_n = clip((R + max(N/S, 1) − n)/R, 0, 1)`.
 *
 * The crop keeps the coefficients whose mask is above 0. So for R > 0 the output has
 * `min(N, ceil(R + max(N/S, 1)) − 1)` pixels. The crop has no gradient. The mask values on the ramp
 * have one: `∂m/∂S = −N/(R S²)`.
 *
 * Differences from {@link diffStride}: all numbers are real, and both axes have one form. The
 * cosine transform continues the image by its mirror image, so nothing wraps around at the borders.
 * Every output size is possible, also odd ones. A coefficient is half as wide as a bin of the
 * Fourier transform, and so is a ramp of R coefficients. The strides need no minimum: stride 1 is
 * the identity, and its gradient is that of the end of the ramp. A smoothness of 0 is a hard crop
 * to `floor(N/S)` coefficients. The strides then have no gradient.
 *
 * Strides are in input pixels per output pixel, and are clipped to the limits. They may be a tensor
 * `[2]` (`[S_h, S_w]`) or `[1]` (shared). Numbers have no gradient.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, h, w, channels]`. Without cropping h = H
 * and w = W. Differentiable in x and in a tensor of strides. Two small matrices compute it.
 *
 * Placement: after the convolution that it downsamples, before batch norm and ReLU.
 *
 * Paper: "DCT-DiffStride: differentiable strides with real-valued data", submission to ICLR 2023
 * (OpenReview HgJ3HYIP3pY). We know its abstract only: DiffStride, with the cosine transform and
 * its inverse as the low-pass filter. So the form of the mask is ours.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not finite, < 1 or of a
 *   wrong shape, smoothness is negative, the limits are not 1 <= lowerLimit <= upperLimit,
 *   outputSize is larger than the image, or another size than that of the image without cropping,
 *   or an option is unknown.
 */
export function dctDiffStride(
  x: Tensor4D,
  strides: number | readonly [number, number] | Tensor1D,
  options: DctDiffStrideOptions = {},
): Tensor4D {
  const op = 'dctDiffStride';
  requireImage(op, x);
  const isFixed = typeof strides === 'number' || Array.isArray(strides);
  const fixed = isFixed ? requireStrides(op, strides as number | readonly [number, number]) : null;
  if (!fixed) requireStrideTensor(op, strides as Tensor1D, 2);
  requireOptions(op, 'options', options, DCT_DIFF_STRIDE_CHECKS);
  requireLimits(op, options);
  if (fixed) {
    const known = { values: fixed, isExact: true };
    return tidy(() => poolWithDctStrides(op, x, tensor1d(fixed), options, known));
  }
  const learned = strides as Tensor1D;
  if (!options.outputSize) {
    const values = strideValues(op, learned, 2);
    if (values.some((stride) => stride < 1)) {
      throw new ConfigError(
        `${op}: strides must be >= 1, got [${values.slice(0, learned.size).join(', ')}]`,
      );
    }
  }
  return poolWithDctStrides(op, x, learned, options);
}

/** {@link dctDiffStride} for the layer. Its variable may drop below 1 before it is projected. */
export function poolWithDctStrides(
  op: string,
  x: Tensor4D,
  strides: Tensor1D,
  options: DctDiffStrideOptions,
  known: KnownStrides | null = null,
): Tensor4D {
  return inChannelsLast(x, options.dataFormat ?? 'channelsLast', (image) =>
    tidy(() => {
      const input: [number, number] = [image.shape[1], image.shape[2]];
      const matrices = matricesOf(
        input,
        strides,
        axesOf(op, input, strides, options, known),
        options,
      );
      return resampleByMatrices(image, matrices, { isSymmetric: false });
    }),
  );
}

/** Returns DCT-DiffStride at its current strides as constant matrices for images of one size. */
export function dctDiffStrideMatrices(
  op: string,
  input: [number, number],
  strides: Tensor1D,
  options: DctDiffStrideOptions,
): PoolingMatrices {
  const axes = axesOf(op, input, strides, options, null);
  return tidy(() => {
    const { rows, columns } = matricesOf(input, strides, axes, options);
    return { rows: entriesOf(rows), columns: entriesOf(columns) };
  });
}

/** The output [height, width] at given strides, which may be below 1 during training. */
export function dctOutputSizeAt(
  input: [number, number],
  strides: [number, number],
  options: DctDiffStrideOptions,
): [number, number] {
  const [rows, columns] = axesAt(input, strides, options, true);
  return [rows.outputSize, columns.outputSize];
}

/** Both axes, with the output size of the caller, of known strides, or of the strides' values. */
function axesOf(
  op: string,
  input: [number, number],
  strides: Tensor1D,
  options: DctDiffStrideOptions,
  known: KnownStrides | null,
): [RampAxis, RampAxis] {
  const { outputSize, cropping = true } = options;
  if (outputSize) {
    if (outputSize.some((size, axis) => size > input[axis]!)) {
      throw new ConfigError(
        `${op}: outputSize must be at most the size of x, [${input.join(', ')}], ` +
          `got [${outputSize.join(', ')}]`,
      );
    }
    if (!cropping) requireUncroppedOutput(op, outputSize, input);
    const axis = (at: 0 | 1) => ({
      inputSize: input[at],
      outputSize: outputSize[at],
      coefficients: outputSize[at],
      isFlat: () => false,
      isKnown: false,
    });
    return [axis(0), axis(1)];
  }
  if (known) requireFinite(op, known.values);
  const values = known?.values ?? strideValues(op, strides, 2);
  return axesAt(input, values as [number, number], options, known?.isExact ?? true);
}

/** Both axes at strides on the host. Strides that are not exact may be older than the mask. */
function axesAt(
  input: [number, number],
  strides: [number, number],
  options: DctDiffStrideOptions,
  isExact: boolean,
): [RampAxis, RampAxis] {
  const { smoothness = 4, cropping = true } = options;
  const effective = effectiveStrideValues(strides, NO_MINIMUM, options) as [number, number];
  const axis = (at: 0 | 1): RampAxis => {
    const inputSize = input[at];
    const threshold = thresholdAt(inputSize, effective[at]);
    const kept = keptCount(inputSize, threshold, smoothness);
    const isFlat = (place: number) => isExact && place < threshold - RAMP_MARGIN;
    const ramp = { isFlat, isKnown: isExact };
    if (cropping) return { inputSize, outputSize: kept, coefficients: kept, ...ramp };
    return { inputSize, outputSize: inputSize, coefficients: isExact ? kept : inputSize, ...ramp };
  };
  return [axis(0), axis(1)];
}

/** An axis with the places at which the mask is certainly 1, and its gradient 0. */
interface RampAxis extends CosineAxis {
  isFlat(place: number): boolean;
  /** Whether the host knows the ramp's place. */
  isKnown: boolean;
}

/** DiffStride raises its strides to a minimum. These need none. */
const NO_MINIMUM: [number, number] = [0, 0];

/** `max(N/S, 1)`, the end of the mask's flat part. It rounds to float32 as the mask does. */
function thresholdAt(size: number, stride: number): number {
  return Math.max(Math.fround(size / Math.fround(stride)), 1);
}

/** The number of coefficients with a mask above 0. */
function keptCount(size: number, threshold: number, smoothness: number): number {
  const isKept = (place: number) => rampValue(place, threshold, smoothness) > 0;
  return placesOf(size, smoothness).filter(isKept).length;
}

/**
 * The places n = 1 … count of the coefficients. A hard crop keeps n <= N/S, but a ramp of width 0
 * is 1 below its threshold only. So its places are a little lower, which also allows for rounding.
 */
function placesOf(count: number, smoothness: number): number[] {
  const offset = smoothness === 0 ? 1e-3 : 0;
  return Array.from({ length: count }, (_, k) => k + 1 - offset);
}

/** The matrices of both axes. Their masks carry the gradient of the strides. */
function matricesOf(
  input: [number, number],
  strides: Tensor1D,
  axes: [RampAxis, RampAxis],
  options: DctDiffStrideOptions,
): { rows: AxisMatrix; columns: AxisMatrix } {
  const { smoothness = 4, norm = 'ortho' } = options;
  const effective = effectiveStrides(strides, NO_MINIMUM, options) as [Scalar, Scalar];
  const matrix = (at: 0 | 1) => {
    const places = placesOf(axes[at].coefficients, smoothness);
    const threshold = thresholdOf(input[at], effective[at]);
    const maskAt = (of: Tensor1D) => rampMask(of, threshold, smoothness) as Tensor1D;
    const onDevice = withinWindow(axes[at], places, { start: threshold, length: smoothness });
    if (onDevice) {
      const mask = maskAt(tensor1d(places));
      const learned = maskAt(valuesAt(places, onDevice));
      return maskedCosineMatrix(axes[at], mask, onDevice, learned, norm);
    }
    const all = places.map((_, k) => k);
    const onRamp = someOf(all, (k) => !axes[at].isFlat(places[k]!));
    const masks = maskAt(tensor1d([...places, ...onRamp.map((k) => places[k]!)]));
    const [mask, learned] = split(masks, [all.length, onRamp.length]) as [Tensor1D, Tensor1D];
    return maskedCosineMatrix(axes[at], mask, onRamp, learned, norm);
  };
  return { rows: matrix(0), columns: matrix(1) };
}

/**
 * The coefficients that may be on the ramp, if only the device knows which. `null` if the host
 * knows them, or their gradient takes as many multiply-adds as that of all entries.
 */
function withinWindow(
  { inputSize, outputSize, isKnown }: RampAxis,
  places: number[],
  window: { start: Scalar; length: number },
): Tensor1D | null {
  if (isKnown) return null;
  const reaches = places.map((place): Reach => [place, place]);
  const count = mostOnRamp(reaches, window.length);
  if (!areWavesCheaper(count, [outputSize, inputSize])) return null;
  return placesOnRamp([reaches], window.start, [count]);
}

/** `max(N/S, 1)`. The gradient passes at N/S = 1 and is 0 below. */
function thresholdOf(size: number, stride: Scalar): Scalar {
  return maximum(div(scalar(size), stride), scalar(1)) as Scalar;
}
