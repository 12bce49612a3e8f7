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
 * Wraps a kernel, so that it keeps integers within limits. It drops the limits' fractions, as
 * tfjs's kernel does on cpu. On wasm and WebGPU tfjs computes in float32, which does not hold all
 * integers above 2²⁴. For other types it calls `kernel`.
 */
export function withIntegerLimits(
  kernel: KernelFunc,
  limits: (attrs: unknown) => readonly [number, number],
): KernelFunc {
  return (args) => {
    const { x } = args.inputs as unknown as { x: Tensor };
    if (x.dtype !== 'int32') return kernel(args);
    const [least, most] = limits(args.attrs).map(whole) as [number, number];
    return tidy(() => maximum(minimum(x, scalar(most, 'int32')), scalar(least, 'int32')));
  };
}

/** The limits that `tf.clipByValue` passes to its kernel. */
export function clipLimits(attrs: unknown): [number, number] {
  const { clipValueMin, clipValueMax } = attrs as ClipByValueAttrs;
  return [clipValueMin, clipValueMax];
}

/** A limit as an integer of 32 bits. */
function whole(limit: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(limit)));
}
