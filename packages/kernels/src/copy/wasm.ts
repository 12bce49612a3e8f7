import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { copyFromKernel, copyIntoKernel } from './contract.js';

export const copyIntoOnWasm = copyIntoKernel.on((backend: WasmBackend, { x }, { target }) => {
  target.set(kernelModule(backend)!.values(x));
  return [];
});

export const copyFromOnWasm = copyFromKernel.on((backend: WasmBackend, _, { source, shape }) => {
  const copy = backend.makeOutput(shape, 'float32');
  kernelModule(backend)!.values(copy).set(source);
  return copy;
});
