import { util } from '@tensorflow/tfjs-core';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { clampGradientKernel } from './contract.js';

/**
 * Runs in one pass. tfjs runs five: two comparisons, the choice of both, zeros and a selection. Its
 * comparisons are scalar loops.
 */
export const clampGradientOnWasm = clampGradientKernel.on(
  (backend: WasmBackend, { dy, x }, { low, high }) => {
    const dx = backend.makeOutput(x.shape, 'float32');
    const { kernels, address } = kernelModule(backend)!;
    const count = util.sizeFromShape(x.shape);
    kernels.clampGradient({
      dy: address(dy),
      x: address(x),
      dx: address(dx),
      count,
      low,
      high,
    });
    return dx;
  },
);
