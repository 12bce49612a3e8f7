import {
  type KernelFunc,
  matMul,
  ones,
  reshape,
  Sum,
  type SumAttrs,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/**
 * Sums over the leading axes (channel sums of NHWC tensors) in one pass, or without the SIMD kernels
 * as the product `1ᵀ · x`. tfjs transposes the whole tensor first to bring those axes innermost.
 */
export const sumKernel: BackendKernel = {
  kernelName: Sum,
  make: (original) => (args) => {
    const { x } = args.inputs as unknown as { x: Tensor };
    const { axis, keepDims } = args.attrs as unknown as SumAttrs;
    const axes = util.parseAxisParam(axis, x.shape);
    const kept = x.shape.slice(axes.length);
    const leading = axes.every((at, index) => at === index) && kept.length > 0 && axes.length > 0;
    if (!leading || x.dtype !== 'float32' || x.size === 0) {
      return (original as KernelFunc)(args);
    }
    const columns = util.sizeFromShape(kept);
    const rows = x.size / columns;
    const outShape = keepDims ? [...axes.map(() => 1), ...kept] : kept;
    const module = kernelModule(args.backend);
    if (module) {
      const y = (args.backend as WasmBackend).makeOutput(outShape, 'float32');
      module.kernels.columnSums(module.address(x), module.address(y), rows, columns);
      return y;
    }
    return tidy(() => {
      const total = matMul(ones([1, rows]), reshape(x, [rows, columns]));
      return reshape(total, outShape);
    });
  },
};
