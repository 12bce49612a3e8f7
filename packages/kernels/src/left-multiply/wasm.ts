import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { leftMultiplyGradientKernel, leftMultiplyKernel } from './contract.js';

export const leftMultiplyOnWasm = leftMultiplyKernel.on((backend: WasmBackend, { a, x }) => {
  const [m, k] = a.shape as [number, number];
  const [batch, , n] = x.shape as [number, number, number];
  const y = backend.makeOutput([batch, m, n], 'float32');
  const { kernels, address, scratch } = kernelModule(backend)!;
  kernels.leftMultiply({
    a: address(a),
    x: address(x),
    y: address(y),
    scratch: scratch(kernels.leftMultiplyScratch({ m, k })),
    batch,
    m,
    k,
    n,
  });
  return y;
});

export const leftMultiplyGradientOnWasm = leftMultiplyGradientKernel.on(
  (backend: WasmBackend, { dy, x }) => {
    const [batch, m, n] = dy.shape as [number, number, number];
    const k = x.shape[1]!;
    const da = backend.makeOutput([m, k], 'float32');
    const { kernels, address } = kernelModule(backend)!;
    kernels.leftMultiplyGradient({
      dy: address(dy),
      x: address(x),
      da: address(da),
      batch,
      m,
      k,
      n,
    });
    return da;
  },
);
