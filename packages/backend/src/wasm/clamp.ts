import {
  ClipByValue,
  type ClipByValueAttrs,
  type KernelFunc,
  maximum,
  minimum,
  Relu6,
  scalar,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/**
 * A kernel that keeps values within limits, and NaN as it is: tfjs's make it the lower limit. Integers, which tfjs's read as float32
 * numbers, are kept within the limits without their fractions, as on cpu.
 */
function clamping(
  kernelName: string,
  limits: (attrs: unknown) => readonly [number, number],
): BackendKernel {
  return {
    kernelName,
    make: (original) => (args) => {
      const { x } = args.inputs as unknown as { x: Tensor };
      const [low, high] = limits(args.attrs);
      if (x.dtype === 'int32') {
        const [least, most] = [low, high].map(whole) as [number, number];
        return tidy(() => maximum(minimum(x, scalar(most, 'int32')), scalar(least, 'int32')));
      }
      const module = kernelModule(args.backend);
      if (x.dtype !== 'float32' || !module) return (original as KernelFunc)(args);
      const { kernels, address } = module;
      const y = (args.backend as WasmBackend).makeOutput(x.shape, 'float32');
      kernels.clamp(address(x), address(y), x.size, low, high);
      return y;
    },
  };
}

/** A limit as an integer of 32 bits. */
function whole(limit: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(limit)));
}

export const relu6Kernel: BackendKernel = clamping(Relu6, () => [0, 6]);

export const clipByValueKernel: BackendKernel = clamping(ClipByValue, (attrs) => {
  const { clipValueMin, clipValueMax } = attrs as ClipByValueAttrs;
  return [clipValueMin, clipValueMax];
});
