import {
  type ClipByValueAttrs,
  type KernelFunc,
  maximum,
  minimum,
  scalar,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * Wraps a wasm kernel that limits values, and corrects it for int32. The limits are truncated to
 * integers, as tfjs's cpu kernel does. tfjs's wasm kernel computes in float32, which does not
 * represent all integers above 2²⁴. Other dtypes go to `kernel`.
 */
export function withIntegerLimits(
  kernel: KernelFunc,
  limits: (attrs: unknown) => readonly [number, number],
): KernelFunc {
  return (args) => {
    const { x } = args.inputs as unknown as { x: Tensor };
    if (x.dtype !== 'int32') return kernel(args);
    const [least, most] = integerLimits(limits(args.attrs));
    return tidy(() => maximum(minimum(x, scalar(most, 'int32')), scalar(least, 'int32')));
  };
}

/** Returns the limits that `tf.clipByValue` passes to its kernel. */
export function clipLimits(attrs: unknown): [number, number] {
  const { clipValueMin, clipValueMax } = attrs as ClipByValueAttrs;
  return [clipValueMin, clipValueMax];
}

/** Truncates limits to int32. */
export function integerLimits(limits: readonly [number, number]): [number, number] {
  const whole = (limit: number) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(limit)));
  return [whole(limits[0]), whole(limits[1])];
}
