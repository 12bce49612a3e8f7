import { util } from '@tensorflow/tfjs-core';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { reluGradientKernel } from './contract.js';

/** Runs in one pass. tfjs runs three: a step, a cast and a product. */
export const reluGradientOnWasm = reluGradientKernel.on((backend: WasmBackend, { dy, x }) => {
  const dx = backend.makeOutput(x.shape, 'float32');
  const { kernels, address } = kernelModule(backend)!;
  const count = util.sizeFromShape(x.shape);
  kernels.reluGradient({ dy: address(dy), x: address(x), dx: address(dx), count });
  return dx;
});
