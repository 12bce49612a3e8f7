import { ClipByValue, type KernelFunc, Relu6, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { clipLimits, withIntegerLimits } from './integer-limits.js';

/** A kernel that limits values. NaN stays NaN. tfjs's own kernels return `low` for NaN. */
function clamping(
  kernelName: string,
  limits: (attrs: unknown) => readonly [number, number],
): BackendKernel {
  return {
    kernelName,
    make: (original) =>
      withIntegerLimits((args) => {
        const { x } = args.inputs as Record<'x', TensorInfo>;
        const module = kernelModule(args.backend);
        if (x.dtype !== 'float32' || !module) return (original as KernelFunc)(args);
        const { kernels, address } = module;
        const y = (args.backend as WasmBackend).makeOutput(x.shape, 'float32');
        const [low, high] = limits(args.attrs);
        const count = util.sizeFromShape(x.shape);
        kernels.clamp({ x: address(x), y: address(y), count, low, high });
        return y;
      }, limits),
  };
}

export const relu6Kernel: BackendKernel = clamping(Relu6, () => [0, 6]);

export const clipByValueKernel: BackendKernel = clamping(ClipByValue, clipLimits);
