import { type TensorInfo, Tile, type TileAttrs, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { KernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { copier, lineBytes } from './copied-lines.js';

/** `tf.tile`. tfjs computes the place of each value again. */
export const tileOnWasm: BackendKernel<{ x: TensorInfo }, TileAttrs> = {
  kernelName: Tile,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const { reps } = args.attrs;
    const module = copier(args.backend, [x]);
    const areCounts = reps.every((times) => Number.isInteger(times) && times >= 1);
    const isRepeated = reps.some((times) => times > 1);
    if (!module || !areCounts || !isRepeated || reps.length !== x.shape.length) {
      return original!(args);
    }
    return tiled(module, args.backend as WasmBackend, x, reps);
  },
};

/**
 * Repeats x, axis by axis.
 *
 * @returns a new tensor, or x itself if no axis is repeated.
 */
export function tiled(
  module: KernelModule,
  backend: WasmBackend,
  x: TensorInfo,
  reps: number[],
): TensorInfo {
  const axes = reps.flatMap((times, axis) => (times > 1 ? [axis] : [])).reverse();
  let y = x;
  for (const axis of axes) {
    const shape = y.shape.with(axis, y.shape[axis]! * reps[axis]!);
    const repeated = backend.makeOutput(shape, x.dtype);
    repeat(module, y, repeated, axis);
    if (y !== x) backend.disposeData(y.dataId);
    y = repeated;
  }
  return y;
}

/** Repeats x along one axis. */
function repeat({ kernels, address }: KernelModule, x: TensorInfo, y: TensorInfo, axis: number) {
  const count = util.sizeFromShape(x.shape.slice(0, axis));
  const times = y.shape[axis]! / x.shape[axis]!;
  const bytes = lineBytes(x, axis);
  if (bytes === 4) {
    kernels.repeatValues({ x: address(x), y: address(y), count, times });
    return;
  }
  const toStep = lineBytes(y, axis);
  for (let i = 0; i < times; i++) {
    const to = address(y) + i * bytes;
    kernels.copyLines({ from: address(x), fromStep: bytes, to, toStep, bytes, count });
  }
}
