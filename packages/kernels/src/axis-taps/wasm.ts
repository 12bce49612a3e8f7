import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { axisTapsKernel } from './contract.js';

export const axisTapsOnWasm = axisTapsKernel.on(
  (backend: WasmBackend, { x }, { starts, indices, weights }) => {
    const [outer, size, inner] = x.shape as [number, number, number];
    const outputs = starts.length - 1;
    const y = backend.makeOutput([outer, outputs, inner], 'float32');
    const { kernels, address, tables } = kernelModule(backend)!;
    const lists = tables({ starts, indices, weights });
    kernels.axisTaps({ x: address(x), y: address(y), ...lists, outer, size, outputs, inner });
    return y;
  },
);
