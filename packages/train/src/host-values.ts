import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { readsStall } from './weight-mirrors.js';

/**
 * The values of a tensor, if they are on the host; `null` if they are on a device. Nothing is read
 * back. On backends that keep tensors on a device, a tensor's values are on the host until an op
 * reads them.
 */
export function hostValues(x: Tensor): ArrayLike<number> | null {
  return readsStall() ? waitingOnHost(x) : x.dataSync<'float32'>();
}

/** The values that have not yet been sent to the device; `null` if they are on it. */
function waitingOnHost(x: Tensor): ArrayLike<number> | null {
  type Store = { get(id: object): { values?: unknown } | undefined };
  const { tensorMap, texData } = engine().backend as { tensorMap?: Store; texData?: Store };
  const values = (tensorMap ?? texData)?.get(x.dataId)?.values;
  return ARRAYS.some((array) => values instanceof array) ? (values as Float32Array) : null;
}

/** The arrays of float32, int32 and bool. */
const ARRAYS = [Float32Array, Int32Array, Uint8Array];
