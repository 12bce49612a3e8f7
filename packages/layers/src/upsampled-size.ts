import {
  type Check,
  type Checks,
  ConfigError,
  LARGEST_PLANE,
  refuse,
  requireTensor,
} from '@ds/checks';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { LONGEST_SIDE, requireSides, requireStrides, stridesPerAxis } from './stride-values.js';

/** The output size of an upsampling. Give at most one of both. */
export interface UpsampledSizeOptions {
  /** Output pixels per input pixel, ≥ 1, one number for both axes. Default 2. */
  strides?: number | readonly [number, number];
  /** Output [height, width], or one number for both. It replaces `strides`. */
  outputSize?: number | readonly [number, number];
}

/** Checks an output [height, width], or one number for both. */
export const checkOutputSize: Check = (op, name, size) => {
  const sides = requireSides(op, name, typeof size === 'number' ? [size, size] : size);
  requireLargest(op, name, sides);
};

/** An output size for both axes. */
export function sizePair(outputSize: number | readonly [number, number]): [number, number] {
  return typeof outputSize === 'number' ? [outputSize, outputSize] : [...outputSize];
}

/** An output size as a layer saves it: the number, or a plain list. */
export function plainSize(
  outputSize: number | readonly [number, number],
): number | readonly [number, number] {
  return typeof outputSize === 'number' ? outputSize : sizePair(outputSize);
}

/** The checks of {@link UpsampledSizeOptions}. {@link requireOneSize} checks both together. */
export const UPSAMPLED_SIZE_CHECKS: Checks<UpsampledSizeOptions> = {
  strides: (op, _name, strides) => requireStrides(op, strides as [number, number]),
  outputSize: checkOutputSize,
};

/** @throws ConfigError if both an output size and strides are given. */
export function requireOneSize(op: string, { strides, outputSize }: UpsampledSizeOptions): void {
  if (strides === undefined || outputSize === undefined) return;
  throw new ConfigError(
    `${op}: at most one of strides and outputSize must be given, ` +
      `got strides [${[strides].flat()}] and outputSize [${[outputSize].flat()}]`,
  );
}

/** The size options of a layer, as it saves them: `outputSize`, or strides for both axes. */
export function sizeOptions(
  op: string,
  { strides = 2, outputSize }: UpsampledSizeOptions,
): UpsampledSizeOptions {
  if (outputSize !== undefined) return { outputSize: plainSize(outputSize) };
  return { strides: stridesPerAxis(op, strides) };
}

/**
 * The output [height, width] for an input [h, w]: `outputSize`, or floor(h·S_h) and floor(w·S_w).
 * The products round to float32, so that 10·1.1 is 11.
 *
 * @throws ConfigError if a side of `outputSize` is smaller than that of the input, or strides give
 *   an output that is too large.
 */
export function upsampledSize(
  op: string,
  input: [number, number],
  { strides = 2, outputSize }: UpsampledSizeOptions,
): [number, number] {
  if (outputSize !== undefined) {
    const size = sizePair(outputSize);
    if (size.some((side, axis) => side < input[axis]!)) {
      throw new ConfigError(
        `${op}: outputSize must be at least the input's size [${input}], got [${size}]`,
      );
    }
    return size;
  }
  const pair = stridesPerAxis(op, strides);
  const size: [number, number] = [scaledSize(input[0], pair[0]), scaledSize(input[1], pair[1])];
  requireLargest(op, 'strides', size);
  return size;
}

/**
 * Checks that an output is not too large.
 *
 * @param name the option that gives the size.
 */
export function requireLargest(op: string, name: string, [height, width]: [number, number]): void {
  if (Math.max(height, width) <= LONGEST_SIDE && height * width <= LARGEST_PLANE) return;
  const rule = `give sides <= ${LONGEST_SIDE} and at most ${LARGEST_PLANE} pixels`;
  refuse(op, name, rule, [height, width]);
}

/** floor(size·stride) in float32. */
function scaledSize(size: number, stride: number): number {
  return Math.floor(Math.fround(size * Math.fround(stride)));
}

/** Checks the image that the partner of an upsampling pooled. */
export function requireReference(op: string, reference: Tensor4D): void {
  const axes = '[batch, height, width, channels]';
  requireTensor(op, 'reference', reference, { rank: 4, axes });
}
