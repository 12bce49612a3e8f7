import { ClipByValue, type KernelFunc, Relu6, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { clipLimits, withIntegerLimits } from '../integer-limits.js';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/** A kernel that keeps values within limits. NaN stays NaN, but tfjs's kernels make it `low`. */
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
        kernels.clamp(address(x), address(y), util.sizeFromShape(x.shape), ...limits(args.attrs));
        return y;
      }, limits),
  };
}

export const relu6Kernel: BackendKernel = clamping(Relu6, () => [0, 6]);

export const clipByValueKernel: BackendKernel = clamping(ClipByValue, clipLimits);
