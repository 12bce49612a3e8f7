import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/** `y [batch, m, n] = a [m, k] · x [batch, k, n]`, both stages of `resample` of `@ds/layers`. */
export const leftMultiplyKernel: BackendKernel = {
  kernelName: 'LeftMultiply',
  make:
    () =>
    ({ inputs, backend }) => {
      const { a, x } = inputs as { a: TensorInfo; x: TensorInfo };
      const [m, k] = a.shape as [number, number];
      const [batch, , n] = x.shape as [number, number, number];
      const y = (backend as WasmBackend).makeOutput([batch, m, n], 'float32');
      const { kernels, address, scratch } = kernelModule(backend)!;
      kernels.leftMultiply(
        address(a),
        address(x),
        address(y),
        scratch(kernels.leftMultiplyScratch(m, k)),
        batch,
        m,
        k,
        n,
      );
      return y;
    },
};

/** `da [m, k] = Σ_b dy_b [m, n] · x_bᵀ [n, k]`, its gradient in the matrix. */
export const leftMultiplyGradKernel: BackendKernel = {
  kernelName: 'LeftMultiplyGrad',
  make:
    () =>
    ({ inputs, backend }) => {
      const { dy, x } = inputs as { dy: TensorInfo; x: TensorInfo };
      const [batch, m, n] = dy.shape as [number, number, number];
      const k = x.shape[1]!;
      const da = (backend as WasmBackend).makeOutput([m, k], 'float32');
      const { kernels, address } = kernelModule(backend)!;
      kernels.leftMultiplyGradient(address(dy), address(x), address(da), batch, m, k, n);
      return da;
    },
};
