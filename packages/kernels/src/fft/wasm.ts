import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { inverseRealFft2dKernel, realFft2dKernel } from './contract.js';
import { planePlan } from './plans.js';

const FLOAT_BYTES = 4;

export const realFft2dOnWasm = realFft2dKernel.on(
  (backend: WasmBackend, { x }, { height, width, factor }) => {
    const bins = Math.floor(width / 2) + 1;
    const count = x.shape.reduce((size, side) => size * side, 1) / (height * width);
    const plan = planePlan(backend, height, width);
    const y = backend.makeOutput([2, ...x.shape.slice(0, -1), bins], 'float32');
    const { kernels, address } = kernelModule(backend)!;
    const real = address(y);
    kernels.forwardPlanes32({
      plan,
      count,
      x: address(x),
      real,
      imag: real + count * height * bins * FLOAT_BYTES,
      factor,
    });
    return y;
  },
);

export const inverseRealFft2dOnWasm = inverseRealFft2dKernel.on(
  (backend: WasmBackend, { spectrum }, { height, width, factor }) => {
    const half = height * (Math.floor(width / 2) + 1);
    const count = spectrum.shape.reduce((size, side) => size * side, 1) / (2 * half);
    const plan = planePlan(backend, height, width);
    const x = backend.makeOutput([...spectrum.shape.slice(1, -1), width], 'float32');
    const { kernels, address } = kernelModule(backend)!;
    const real = address(spectrum);
    kernels.inversePlanes32({
      plan,
      count,
      real,
      imag: real + count * half * FLOAT_BYTES,
      x: address(x),
      factor,
    });
    return x;
  },
);
