import {
  type Checks,
  ConfigError,
  oneOf,
  requireObject,
  requireOptions,
  requireTensor,
} from '@ds/checks';
import { type AxisTaps, poolByTaps } from '@ds/kernels';
import {
  depthwiseConv2d,
  mean,
  mul,
  relu,
  reshape,
  softmax,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import {
  checkDataFormat,
  type DataFormat,
  inChannelsLast,
  requireImage,
  toChannelsLast,
} from './data-format.js';
import {
  mixComponents,
  polyphaseComponents,
  polyphaseSize,
  polyphaseStrides,
} from './polyphase.js';

/** The weights of the small function that mixes the polyphase components. */
export interface TipsMixer {
  /** The depthwise kernel, `[3, 3, channels, 1]`. */
  kernel: Tensor4D;
  /** The scale of each channel's means, `[channels]`. */
  scale: Tensor1D;
}

/** Options of {@link tipsPool}. */
export interface TipsPoolOptions {
  /**
   * The pixels of each mean. `'phase'`: those of one polyphase component. `'quadrant'`: those of
   * one of S_h × S_w blocks of the image, as in the published code. Default `'phase'`.
   */
  averaging?: 'phase' | 'quadrant';
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link TipsPoolOptions}. */
export const TIPS_CHECKS: Checks<TipsPoolOptions> = {
  averaging: oneOf('phase', 'quadrant'),
  dataFormat: checkDataFormat,
};

/**
 * Translation invariant polyphase sampling (Saha & Gokhale, "Improving shift invariance in
 * convolutional neural networks with translation invariant polyphase sampling", WACV 2025, arXiv
 * 2404.07410): mixes the polyphase components of each channel by learned weights.
 *
 * The image has K = S_h·S_w components `x_k`, k = S_w·i + j, with
 * `x_k[p, q] = x[S_h p + i, S_w q + j]`. Each channel c has its own weights τ:
 *
 *     y[p, q, c] = Σ_k τ[c, k] · x_k[p, q, c]
 *     τ[c, :] = softmax(scale[c] · m[c, :]),  m[c, k] = mean over component k of ψ[:, :, c]
 *     ψ = relu(depthwise conv3×3(x, kernel))
 *
 * The convolution pads circularly. A circular shift by a multiple of the strides therefore keeps τ,
 * and shifts y. Any other circular shift permutes the components and their weights alike. Then the
 * sum over the pixels of y stays the same, but y itself is not exactly shifted, because components
 * from before and after the wrap move differently. This needs sizes that the strides divide.
 *
 * Difference from the published code: it takes the mean of ψ over S_h × S_w blocks of the image,
 * not over components, and pads the convolution with zeros. `averaging: 'quadrant'` has its means.
 * Then even a shift by a multiple of the strides changes τ.
 *
 * Placement: after the ReLU of the layer that it downsamples. Sizes that are not multiples of the
 * strides are padded with zeros at the end.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x and in the mixer.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not integers ≥ 1, the
 *   mixer does not fit the channels, or an option is unknown.
 */
export function tipsPool(
  x: Tensor4D,
  strides: number | readonly [number, number],
  mixer: TipsMixer,
  options: TipsPoolOptions = {},
): Tensor4D {
  const pair = requireTips('tipsPool', x, strides, mixer, options);
  const { averaging = 'phase', dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const weights = mixingWeights(
        tipsFeatures(image, pair, mixer.kernel),
        pair,
        mixer.scale,
        averaging,
      );
      return mixComponents(polyphaseComponents(image, pair), weights);
    }),
  );
}

/**
 * The weights τ of {@link tipsPool}: x `[batch, height, width, channels]` →
 * `[batch, channels, S_h·S_w]`. Those of a channel are positive and sum to 1. Differentiable in x
 * and in the mixer.
 *
 * @throws ConfigError as {@link tipsPool}.
 */
export function tipsWeights(
  x: Tensor4D,
  strides: number | readonly [number, number],
  mixer: TipsMixer,
  options: TipsPoolOptions = {},
): Tensor3D {
  const pair = requireTips('tipsWeights', x, strides, mixer, options);
  const { averaging = 'phase', dataFormat = 'channelsLast' } = options;
  return tidy(() => {
    const image = toChannelsLast(x, dataFormat);
    return mixingWeights(tipsFeatures(image, pair, mixer.kernel), pair, mixer.scale, averaging);
  });
}

/**
 * The features `ψ = relu(depthwise conv3×3(x))` of an NHWC image, with zeros at its end up to
 * multiples of the strides, and with circular padding: `[batch, S_h·h, S_w·w, channels]`.
 */
export function tipsFeatures(
  x: Tensor4D,
  [strideH, strideW]: readonly [number, number],
  kernel: Tensor4D,
): Tensor4D {
  const wrapped = poolByTaps(x, wrappedTaps(x.shape[1], strideH), wrappedTaps(x.shape[2], strideW));
  return relu(depthwiseConv2d(wrapped, kernel, 1, 'valid'));
}

/** The weights of the components, from the features: `[batch, channels, components]`. */
export function mixingWeights(
  features: Tensor4D,
  strides: readonly [number, number],
  scale: Tensor1D,
  averaging: 'phase' | 'quadrant',
): Tensor3D {
  const [batch, height, width, channels] = features.shape;
  const [strideH, strideW] = strides;
  // Along an axis of S·n positions, a phase has every S-th one, and a quadrant has n in a row.
  const meanOf = (lines: Tensor, stride: number, size: number, inner: number): Tensor =>
    averaging === 'phase'
      ? mean(reshape(lines, [-1, size / stride, stride, inner]), 1)
      : mean(reshape(lines, [-1, stride, size / stride, inner]), 2);
  const rows = meanOf(features, strideH, height, width * channels);
  const means = meanOf(rows, strideW, width, channels);
  const logits = mul(reshape(means, [batch, strideH * strideW, channels]), scale);
  return softmax(transpose(logits, [0, 2, 1])) as Tensor3D;
}

/**
 * Taps of an axis with zeros up to a multiple of the stride, and one more position on each side.
 */
function wrappedTaps(size: number, stride: number): AxisTaps[] {
  const whole = polyphaseSize(size, stride) * stride;
  return Array.from({ length: whole + 2 }, (_, at) => {
    const index = (at - 1 + whole) % whole;
    return index < size ? [{ index, weight: 1 }] : [];
  });
}

/** Checks the arguments of an op, and returns the strides as a pair. */
function requireTips(
  op: string,
  x: Tensor4D,
  strides: number | readonly [number, number],
  mixer: TipsMixer,
  options: TipsPoolOptions,
): [number, number] {
  requireImage(op, x);
  const pair = polyphaseStrides(op, strides);
  requireOptions(op, 'options', options, TIPS_CHECKS);
  requireMixer(op, mixer, x.shape[options.dataFormat === 'channelsFirst' ? 1 : 3]);
  return pair;
}

function requireMixer(op: string, mixer: TipsMixer, channels: number): void {
  requireObject(op, 'mixer', mixer);
  requireKernel(op, 'mixer.kernel', mixer.kernel, channels);
  requireTensor(op, 'mixer.scale', mixer.scale);
  requireShape(op, 'mixer.scale', mixer.scale, [channels]);
}

/** Checks the depthwise kernel for images with this number of channels. */
export function requireKernel(op: string, name: string, kernel: Tensor4D, channels: number): void {
  requireTensor(op, name, kernel);
  requireShape(op, name, kernel, [3, 3, channels, 1]);
}

function requireShape(op: string, name: string, { shape }: Tensor, wanted: number[]): void {
  if (shape.join() !== wanted.join()) {
    throw new ConfigError(`${op}: ${name} must have shape [${wanted}], got [${shape}]`);
  }
}
