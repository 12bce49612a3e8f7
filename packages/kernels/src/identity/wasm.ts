import { Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/**
 * Returns a second reference to a tensor's values, as on tfjs's other backends. Tensors do not
 * change, so no copy is needed. tfjs's wasm kernel copies the values, and tfjs clones every tensor
 * that a gradient saves.
 */
export const identityOnWasm: BackendKernel<{ x: TensorInfo }, unknown> = {
  kernelName: Identity,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const backend = args.backend as WasmBackend;
    if (x.dtype === 'string' || typeof backend.incRef !== 'function') return original!(args);
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
};
