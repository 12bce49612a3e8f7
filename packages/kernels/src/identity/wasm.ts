import { Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { WasmBackend } from '../wasm/kernel-module.js';

/**
 * A tensor once more. tfjs's wasm kernel copies its values, and tfjs clones every tensor that a gradient
 * saves; tensors do not change, so a second reference to the same values does, as on its other backends.
 */
export const identityKernel: BackendKernel = {
  kernelName: Identity,
  make: (original) => (args) => {
    const { x } = args.inputs as { x: TensorInfo };
    const backend = args.backend as WasmBackend;
    if (x.dtype === 'string' || typeof backend.incRef !== 'function') return original!(args);
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
};
