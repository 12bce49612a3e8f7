import {
  type ClipByValueAttrs,
  maximum,
  minimum,
  scalar,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { KernelFuncOf } from '../backend-kernel.js';

/**
 * Wraps a wasm kernel that limits values, and corrects it for int32. The limits are truncated to
 * integers, as tfjs's cpu kernel does. tfjs's wasm kernel computes in float32, which does not
 * represent all integers above 2²⁴. Other dtypes go to `kernel`.
 */
export function withIntegerLimits<Attributes>(
  kernel: KernelFuncOf<{ x: Tensor }, Attributes>,
  limits: (attrs: Attributes) => readonly [number, number],
): KernelFuncOf<{ x: Tensor }, Attributes> {
  return (args) => {
    const { x } = args.inputs;
    if (x.dtype !== 'int32') return kernel(args);
    const [least, most] = integerLimits(limits(args.attrs));
    return tidy(() => maximum(minimum(x, scalar(most, 'int32')), scalar(least, 'int32')));
  };
}

/** Returns the limits that `tf.clipByValue` passes to its kernel. */
export function clipLimits({ clipValueMin, clipValueMax }: ClipByValueAttrs): [number, number] {
  return [clipValueMin, clipValueMax];
}

/** Truncates limits to int32. */
export function integerLimits(limits: readonly [number, number]): [number, number] {
  const whole = (limit: number) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(limit)));
  return [whole(limits[0]), whole(limits[1])];
}
