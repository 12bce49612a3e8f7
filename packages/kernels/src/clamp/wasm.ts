import { ClipByValue, Relu6, type Tensor, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { clipLimits, withIntegerLimits } from './integer-limits.js';

/** A kernel that limits values. NaN stays NaN. tfjs's own kernels return `low` for NaN. */
function clamping<Attributes>(
  kernelName: string,
  limits: (attrs: Attributes) => readonly [number, number],
): BackendKernel<{ x: Tensor }, Attributes> {
  return {
    kernelName,
    make: (original) =>
      withIntegerLimits((args) => {
        const { x } = args.inputs;
        const module = kernelModule(args.backend);
        if (x.dtype !== 'float32' || !module) return original!(args);
        const { kernels, address } = module;
        const y = (args.backend as WasmBackend).makeOutput(x.shape, 'float32');
        const [low, high] = limits(args.attrs);
        const count = util.sizeFromShape(x.shape);
        kernels.clamp({ x: address(x), y: address(y), count, low, high });
        return y;
      }, limits),
  };
}

export const relu6OnWasm: BackendKernel = clamping(Relu6, () => [0, 6]);

export const clipByValueOnWasm: BackendKernel = clamping(ClipByValue, clipLimits);
