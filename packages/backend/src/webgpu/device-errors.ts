import type { WebGpuBackend } from '@ds/kernels/webgpu';
import type { DataId } from '@tensorflow/tfjs-core';
import { replaceMethod, takeBackMethods } from '../replaced-methods.js';

/** What a device refused, until a read has reported it. */
interface Watch {
  isOn: boolean;
  refused: string | null;
  /** Tensors that must not be read, and why. */
  spoilt: WeakMap<DataId, string>;
}

const watched = new WeakMap<WebGpuBackend, Watch>();

function watch(backend: WebGpuBackend): Watch {
  const state: Watch = { isOn: false, refused: null, spoilt: new WeakMap() };
  backend.device.addEventListener('uncapturederror', ({ error }) => {
    // Later errors follow from the first, and say less.
    if (state.isOn) state.refused ??= error.message;
  });
  watched.set(backend, state);
  return state;
}

/**
 * Lets the next read fail after the device refused something: a program that does not compile, or a
 * buffer too many or too large. WebGPU itself only sends an event, and the output keeps the values
 * that lay there before. Later reads of other tensors work again. Switched off, reads are as
 * before.
 */
export function reportDeviceErrors(backend: WebGpuBackend, isOn: boolean): void {
  const state = watched.get(backend) ?? watch(backend);
  state.isOn = isOn;
  if (!isOn) {
    takeBackMethods(backend, 'webgpu/device-errors');
    return;
  }
  const check = (id: DataId) => {
    if (!state.isOn) return;
    if (state.refused !== null) state.spoilt.set(id, state.refused);
    state.refused = null;
    const message = state.spoilt.get(id);
    if (message === undefined) return;
    throw new Error(
      'webgpu: the device refused what it was asked to compute, ' +
        `so what was read is wrong: ${message}`,
    );
  };
  replaceMethod(
    backend,
    'readSync',
    (below) =>
      function (this: WebGpuBackend, id) {
        const values = below.call(this, id);
        check(id);
        return values;
      },
  );
  replaceMethod(
    backend,
    'read',
    (below) =>
      async function (this: WebGpuBackend, id) {
        const values = await below.call(this, id);
        check(id);
        return values;
      },
  );
}
