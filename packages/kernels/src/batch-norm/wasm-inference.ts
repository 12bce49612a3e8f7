import {
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

interface BatchNormInputs extends Record<'x' | 'mean' | 'variance', TensorInfo> {
  offset?: TensorInfo;
  scale?: TensorInfo;
}

/**
 * Batch norm with given statistics, as in inference: `(x − mean) · γ/√(variance + ε) + β`
 * in one SIMD pass. If the statistics are not one number per channel, tfjs's own kernel runs.
 */
export const fusedBatchNormOnWasm: BackendKernel<BatchNormInputs, FusedBatchNormAttrs> = {
  kernelName: FusedBatchNorm,
  make: (original) => (args) => {
    const { x, mean, variance, offset, scale } = args.inputs;
    const { varianceEpsilon } = args.attrs;
    const module = kernelModule(args.backend);
    const channels = x.shape.at(-1) ?? 1;
    const perChannel = [mean, variance, offset, scale].every(
      (tensor) => !tensor || (tensor.shape.length === 1 && tensor.shape[0] === channels),
    );
    if (!module || !perChannel || x.dtype !== 'float32') return original!(args);
    const { kernels, address, tables } = module;
    const backend = args.backend as WasmBackend;
    const values = (tensor: TensorInfo) => backend.readSync(tensor.dataId) as Float32Array;
    const gamma = scale ? values(scale) : null;
    const factors = values(variance).map(
      (spread, c) => (gamma?.[c] ?? 1) / Math.sqrt(spread + varianceEpsilon),
    );
    const offsets = offset ? values(offset) : new Float32Array(channels);
    const y = backend.makeOutput(x.shape, 'float32');
    const perChannelAt = tables({ scale: factors, offset: offsets });
    kernels.normalise({
      x: address(x),
      mean: address(mean),
      ...perChannelAt,
      y: address(y),
      rows: util.sizeFromShape(x.shape) / channels,
      channels,
    });
    return y;
  },
};
